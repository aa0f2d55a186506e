import { writeLink } from '../helpers/links.ts'
import { writeSysctls } from '../helpers/sysctls.ts'
import { type Behaviour, checkAfterAdd, message, verdict } from './behaviour.ts'

const ALLOWLIST = '/etc/cni/tuning/allowlist.conf'

export const CHECK_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'CHECK after ADD of `"1024 65535"`, of `"0512"`',
    observe(stand) {
      const confs = [
        { sysctl: { 'net.ipv4.ip_local_port_range': '1024 65535' } },
        { sysctl: { 'net.ipv4.tcp_keepalive_time': '0512' } },
      ]
      return confs.map((conf) => checkAfterAdd(stand, conf)).join(', ')
    },
  },
  {
    name: 'CHECK after ADD of a name with `IFNAME`',
    observe: (stand) => checkAfterAdd(stand, { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': '2' } }),
  },
  {
    name: 'CHECK where promisc is on and not configured',
    observe(stand) {
      writeLink(stand.netns, { promisc: true })
      return checkAfterAdd(stand, { mtu: 1400 })
    },
  },
  {
    name: 'CHECK of three values that were changed',
    observe(stand) {
      const sysctl = { 'net.core.somaxconn': '1024', 'net.ipv4.tcp_fin_timeout': '30' }
      const conf = { sysctl, mtu: 1400 }
      stand.ask('ADD', { conf })
      writeSysctls(stand.netns, { 'net/core/somaxconn': '1', 'net/ipv4/tcp_fin_timeout': '1' })
      writeLink(stand.netns, { mtu: 1300 })
      const text = message(stand.ask('CHECK', { conf }))
      const named = [/somaxconn/, /tcp_fin_timeout/, /mtu/i].filter((name) => name.test(text))
      return `names ${named.length} of 3`
    },
  },
  {
    name: 'CHECK of a sysctl that the allowlist forbids by now',
    observe(stand) {
      const conf = { sysctl: { 'net.core.somaxconn': '1024' } }
      stand.ask('ADD', { conf, etc: {} })
      return verdict(stand.ask('CHECK', { conf, etc: { [ALLOWLIST]: '^net\\.ipv4\\.\n' } }))
    },
  },
]
