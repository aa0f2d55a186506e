import { basename } from 'node:path'
import type { Netns } from '../helpers/netns.ts'

/** A name and a value. */
export type Sysctl = readonly [string, string]

/** Sysctls for a web server. */
const USUAL: readonly Sysctl[] = [
  ['net.core.somaxconn', '16384'],
  ['net.ipv4.tcp_fin_timeout', '30'],
  ['net.ipv4.tcp_keepalive_time', '300'],
]

/** One switch of the whole machine, which every netns shows. */
const OF_THE_NODE = 'net.netfilter.nf_hooks_lwtunnel'

/** Sysctls that reset others, or do more than store a number. */
const LEFT_OUT = /forward|disable_ipv6|addr_gen_mode|flush|secret|nf_conntrack|mtu|group_range/

const SHOW = 'find /proc/sys/net -type f -perm -200 -exec grep -H "" {} + 2>/dev/null; true'
const TRY = 'while read -r path value; do { echo "$value" >"$path"; } 2>/dev/null && echo "$path $value"; done; true'

/** Sysctls and values for any netns: a server's usual ones, and then those of a new netns, unchanged. */
export function findSysctls(netns: Netns): Sysctl[] {
  const others = findIntegers(netns, (name) => !LEFT_OUT.test(name) && USUAL.every(([usual]) => usual !== name))
  return [...USUAL, ...others]
}

/** Every writable integer of a netns, in the order of their names, with the value that a new one has. */
export function findByName(netns: Netns): Sysctl[] {
  return findIntegers(netns, () => true)
}

/** Those that accept their own value. */
function findIntegers(netns: Netns, isWanted: (name: string) => boolean): Sysctl[] {
  const shown = netns.inside(['sh', '-c', SHOW]).stdout.split('\n')
  const integers = shown.filter((line) => {
    const name = nameOf(line.split(':')[0])
    return /:-?\d+$/.test(line) && name !== OF_THE_NODE && isWanted(name)
  })
  const input = `${integers.map((line) => line.replace(':', ' ')).join('\n')}\n`
  const taken = netns.inside(['sh', '-c', TRY], { input }).stdout.trimEnd().split('\n')
  const found = taken.map((line): Sysctl => {
    const [path = '', value = ''] = line.split(' ')
    return [nameOf(path), value]
  })
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}

function nameOf(path = ''): string {
  return path.replace('/proc/sys/', '').replaceAll('/', '.')
}

/** Of the size that bridge gives. */
const PREV_RESULT = {
  cniVersion: '1.0.0',
  interfaces: [
    { name: 'cni0', mac: '5a:1c:d2:0e:86:31' },
    { name: 'veth3b1f09c7', mac: '8e:9a:41:f0:27:d5' },
    { name: 'eth0', mac: '22:6f:b3:18:c4:7a', sandbox: '/var/run/netns/cni-95c9d0b8-cb51-caaa-4ecd-59526d0227f6' },
  ],
  ips: [{ interface: 2, address: '10.22.0.5/16', gateway: '10.22.0.1' }],
  routes: [{ dst: '0.0.0.0/0' }],
  dns: {},
}

export function formatRequest(file: string, sysctls: readonly Sysctl[], dataDir: string, more: object = {}): string {
  const sysctl = Object.fromEntries(sysctls)
  const head = { cniVersion: '1.0.0', name: 'bench', prevResult: PREV_RESULT }
  return JSON.stringify({ ...head, sysctl, type: basename(file), dataDir, ...more })
}

/** The request of a GC whose containers are all valid. */
export function formatGcRequest(file: string, containerIds: readonly string[], dataDir: string): string {
  const valid = containerIds.map((containerID) => ({ containerID, ifname: 'lo' }))
  const head = { cniVersion: '1.1.0', name: 'bench', type: basename(file), dataDir }
  return JSON.stringify({ ...head, 'cni.dev/valid-attachments': valid })
}

/** What floor.c reads for an ADD; `parts` of `record lock cookie`. */
export function formatFloorRequest(sysctls: readonly Sysctl[], dataDir: string, parts: string): string {
  const lines = sysctls.map(([name, value]) => `/proc/sys/${name.replaceAll('.', '/')} ${value}`)
  return `add ${parts}\n${dataDir}\n${lines.join('\n')}\n\n${JSON.stringify(PREV_RESULT)}\n`
}
