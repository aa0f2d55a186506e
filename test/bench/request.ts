import { basename } from 'node:path'
import type { Netns } from '../helpers/netns.ts'

/** What a web server wants. */
const USUAL: readonly (readonly [string, string])[] = [
  ['net.core.somaxconn', '16384'],
  ['net.ipv4.tcp_fin_timeout', '30'],
  ['net.ipv4.tcp_keepalive_time', '300'],
]

/** What resets other values or does more than to keep a number. */
const LEFT_OUT = /forward|disable_ipv6|addr_gen_mode|flush|secret|nf_conntrack|mtu|group_range/

const SHOW = 'find /proc/sys/net -type f -perm -200 -exec grep -H "" {} + 2>/dev/null; true'
const TRY = 'while read -r path value; do { echo "$value" >"$path"; } 2>/dev/null && echo "$path $value"; done; true'

/** Sysctls and values that any netns takes: a server's usual ones, and then what a new one has as it is. */
export function findSysctls(netns: Netns): (readonly [string, string])[] {
  const found = netns.inside(['sh', '-c', SHOW]).stdout.split('\n').sort()
  const integers = found.filter((line) => /:-?\d+$/.test(line) && !LEFT_OUT.test(line))
  const input = `${integers.map((line) => line.replace(':', ' ')).join('\n')}\n`
  const taken = netns.inside(['sh', '-c', TRY], { input }).stdout.trimEnd().split('\n')
  const others = taken.map((line): [string, string] => {
    const [path = '', value = ''] = line.split(' ')
    return [path.replace('/proc/sys/', '').replaceAll('/', '.'), value]
  })
  return [...USUAL, ...others.filter(([name]) => USUAL.every(([usual]) => usual !== name))]
}

/** A request with a prevResult of the size that bridge gives. */
export function formatRequest(file: string, sysctls: readonly (readonly [string, string])[], dataDir: string): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'bench',
    prevResult: {
      cniVersion: '1.0.0',
      interfaces: [
        { name: 'cni0', mac: '5a:1c:d2:0e:86:31' },
        { name: 'veth3b1f09c7', mac: '8e:9a:41:f0:27:d5' },
        { name: 'eth0', mac: '22:6f:b3:18:c4:7a', sandbox: '/var/run/netns/cni-95c9d0b8-cb51-caaa-4ecd-59526d0227f6' },
      ],
      ips: [{ interface: 2, address: '10.22.0.5/16', gateway: '10.22.0.1' }],
      routes: [{ dst: '0.0.0.0/0' }],
      dns: {},
    },
    sysctl: Object.fromEntries(sysctls),
    type: basename(file),
    dataDir,
  })
}
