import { expect, test } from 'vitest'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { reasonNotCopied } from '../../../plugin/sysctl/not-copied.ts'

const FLUSH = 'it is not a setting: writing it empties the routing cache'
const STABLE = "it is the secret that the host's own IPv6 addresses are made from"
const SECRET = 'it is a secret of the host'
const MTU = 'it follows the MTU of the interface'

test.each([
  ['net.ipv4.route.flush', FLUSH],
  ['net.ipv6.route.flush', FLUSH],
  ['net.ipv4.route.flush_all', undefined],
  ['net.ipv5.route.flush', undefined],
  ['net.net.ipv4.route.flush', undefined],
  ['net.ipv6.conf.eth0/100.stable_secret', STABLE],
  ['net.ipv6.conf.all.stable_secrets', undefined],
  ['net.ipv6.conf.all.unstable_secret', undefined],
  ['net.ipv4.tcp_fastopen_key', SECRET],
  ['net.ipv4.tcp_fastopen_keys', undefined],
  ['net.ipv4.xtcp_fastopen_key', undefined],
  ['net.ipv4.fib_multipath_hash_seed', SECRET],
  ['net.ipv4.fib_multipath_hash_seeds', undefined],
  ['net.ipv6.conf.eth0.mtu', MTU],
  ['net.ipv6.conf.eth0/100.mtu', MTU],
  ['net.ipv6.conf.eth0.mtu_x', undefined],
  ['net.ipv6.conf.eth0.x.mtu', undefined],
  ['net.net.ipv6.conf.eth0.mtu', undefined],
  ['net.ipv4.conf.eth0.mtu', undefined],
  ['net.core.somaxconn', undefined],
])('%s is not copied, because %s', (name, reason) => {
  expect(reasonNotCopied(parseSysctlKey(name))).toBe(reason)
})
