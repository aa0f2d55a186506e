import type { Os, OsError } from '../os/os.ts'
import type { SysctlKey } from './key.ts'

/** Why the kernel did not take `value`, in words that follow `key: `. `current` is what it holds instead. */
export function diagnoseWrite(os: Os, key: SysctlKey, value: string, error: OsError, current: string): string {
  const refusal = `the kernel refuses ${JSON.stringify(value)} (${error.errno})`
  const held = current === '' ? '' : `; it holds ${JSON.stringify(current.replaceAll('\t', ' '))}`
  switch (error.errno) {
    case 'EINVAL':
    case 'ERANGE':
    case 'EOVERFLOW':
      return `${refusal}: ${badValue(value, current)}${held}`
    case 'ENOENT':
      if (error.call === 'open') return goneMeanwhile(key)
      return `${refusal}: it knows nothing of this name${formatAvailable(os, key)}${held}`
    case 'EACCES':
    case 'EPERM':
      return `may not be written by the plugin (${error.errno}); it must run as root, outside any container`
    default:
      return `${refusal}${held}`
  }
}

/** It was there when all of them were looked at. addrconf_notify() takes IPv6 off an interface with a small MTU. */
function goneMeanwhile(key: SysctlKey): string {
  const hint = key.canonical.startsWith('net.ipv6.conf.') ? '; an mtu below 1280 takes IPv6 off an interface' : ''
  return `went away while the plugin wrote (ENOENT)${hint}`
}

function badValue(value: string, current: string): string {
  const given = value.split(/\s+/)
  const held = current.trim().split(/\s+/)
  const isNumeric = held.every((word) => /^-?\d+$/.test(word))
  if (value === '') return 'it is empty'
  if (isNumeric && !given.every((word) => /^-?(0x[0-9a-f]+|\d+)$/i.test(word))) {
    return held.length === 1 ? 'it is no number' : `it is not ${held.length} numbers separated by blanks`
  }
  if (isNumeric && held.length === 2 && Number(given[0]) > Number(given[1])) return 'the first number is the larger one'
  return isNumeric && given.length === held.length ? 'out of range' : 'not a value it can have'
}

/** tcp_congestion_control and its like have a tcp_available_… beside them. */
function formatAvailable(os: Os, key: SysctlKey): string {
  if (key.canonical !== 'net.ipv4.tcp_congestion_control') return ''
  const available = os.readFile('/proc/sys/net/ipv4/tcp_available_congestion_control').trim()
  return `; available are ${available.split(/\s+/).join(', ')}`
}
