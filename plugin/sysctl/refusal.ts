import { catchOsError, type Os, OsError } from '../os/os.ts'
import { findCollision } from './collision.ts'
import { SYSCTL_ROOT, type SysctlKey } from './key.ts'

/** Why the kernel did not take `value`; messages put it behind `key: `. `current` is the value instead. */
export function diagnoseWrite(os: Os, key: SysctlKey, value: string, error: OsError, current: string): string {
  const refusal = `the kernel refuses ${JSON.stringify(value)} (${error.errno})`
  const held = current === '' ? '' : `; it holds ${JSON.stringify(current.replaceAll('\t', ' '))}`
  switch (error.errno) {
    case 'EINVAL':
    case 'ERANGE':
    case 'EOVERFLOW':
      return `${refusal}: ${badValue(os, key, value, current)}${held}`
    case 'ENOENT':
      if (error.call === 'open') return goneMeanwhile(key)
      return `${refusal}: it knows nothing of this name${formatChoice(os, key)}${held}`
    case 'EACCES':
    case 'EPERM':
      if (isNotAllowed(os, key, value)) return `${refusal}: ${notAllowed(os, key)}${held}`
      return `may not be written by the plugin (${error.errno}); it must run as root, outside any container`
    default:
      return `${refusal}${held}`
  }
}

/** It was there when all were checked. addrconf_notify() removes IPv6 from an interface with a small MTU. */
function goneMeanwhile(key: SysctlKey): string {
  const hint = key.canonical.startsWith('net.ipv6.conf.') ? '; an mtu below 1280 removes IPv6 from an interface' : ''
  return `went away while the plugin wrote (ENOENT)${hint}`
}

function badValue(os: Os, key: SysctlKey, value: string, current: string): string {
  const given = value.split(/\s+/)
  const held = current.trim().split(/\s+/)
  const isNumeric = held.every((word) => /^-?\d+$/.test(word))
  if (value === '') return 'it is empty'
  if (isNumeric && !given.every((word) => /^-?(0x[0-9a-f]+|\d+)$/i.test(word))) {
    return held.length === 1 ? 'it is not a number' : `it is not ${held.length} numbers separated by blanks`
  }
  if (isNumeric && held.length === 2 && Number(given[0]) > Number(given[1])) return 'the first number is the larger one'
  if (!isNumeric || given.length !== held.length) return 'not a value it can have'
  return findCollision(os, key, given.map(Number)) ?? 'out of range'
}

const CONGESTION_CONTROL = 'net.ipv4.tcp_congestion_control'

/** The kernel's list of possible values of a sysctl; for the first one, those that a container may use. */
const CHOICES: ReadonlyMap<string, string> = new Map([
  [CONGESTION_CONTROL, 'net/ipv4/tcp_allowed_congestion_control'],
  ['net.mptcp.scheduler', 'net/mptcp/available_schedulers'],
])

/** tcp_set_default_congestion_control(): loaded, but not marked as usable by every user. */
function isNotAllowed(os: Os, key: SysctlKey, value: string): boolean {
  if (key.canonical !== CONGESTION_CONTROL) return false
  return readWords(os, 'net/ipv4/tcp_available_congestion_control').includes(value)
}

function notAllowed(os: Os, key: SysctlKey): string {
  return `the node has it, but does not let a container use it; add it to the node's net.ipv4.tcp_allowed_congestion_control${formatChoice(os, key)}`
}

function formatChoice(os: Os, key: SysctlKey): string {
  const list = CHOICES.get(key.canonical)
  const words = list === undefined ? [] : readWords(os, list)
  return words.length === 0 ? '' : `; a container may take ${words.join(', ')}`
}

function readWords(os: Os, below: string): string[] {
  const text = catchOsError(() => os.readFile(`${SYSCTL_ROOT}/${below}`))
  return text instanceof OsError ? [] : text.split(/\s+/).filter((word) => word !== '')
}
