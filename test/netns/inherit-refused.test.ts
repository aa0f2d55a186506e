import { release } from 'node:os'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, isRoot } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const host = await createNetns()
const netns = await createNetns(host)
afterAll(() => Promise.all([netns.close(), host.close()]))
addVeth(host, 'veth9')
addVeth(netns)

const kernel = release().replace(/-.*/, '')
const BEFORE = { 'net/core/somaxconn': '4096' }
const now = () => readSysctls(netns, Object.keys(BEFORE))
const refused = (code: number, msg: string, details = '') => ({
  exitCode: 1,
  answer: errorDocument(code, msg, details),
})
const NOTHING = 'nothing was written'
const NO_DOT = '"*" and "?" do not cross a dot'

beforeEach(() => {
  writeSysctls(host, { 'net/core/somaxconn': '2048' })
  writeSysctls(netns, BEFORE)
})

describe('a key that cannot be copied is an error with its reason', () => {
  test.each([
    [
      'net.core.somaxcon',
      `cannot be copied from the host: does not exist here on Linux ${kernel}; this node is itself in a network namespace, as with kind, so it cannot be seen whether the machine below has it; did you mean net.core.somaxconn?`,
    ],
    ['net.ipv4.tcp_fastopen_key', 'is not copied from the host: it is a secret of the host'],
    [
      'net.ipv6.conf.IFNAME.stable_secret',
      "is not copied from the host: it is the secret that the host's own IPv6 addresses are made from",
    ],
    ['net.ipv4.route.flush', 'is not copied from the host: it is not a setting: writing it empties the routing cache'],
    ['net.ipv4.conf.veth9.rp_filter', 'there is no interface veth9 here; there are lo, eth0p, eth0', NOTHING],
    [
      'net.core.rmem_max',
      `is read-only in a container on Linux ${kernel}; the node's value counts: set it there, in /etc/sysctl.d`,
      NOTHING,
      true,
    ],
    ['kernel.domainname', "belongs to the UTS namespace; set the pod's hostname instead"],
  ])('%s', (key, reason, details = '', isOfMachine = false) => {
    const inherit = ['net.core.somaxconn', key]
    const call = { conf: { inherit }, ...(!isOfMachine && { host }) }
    expect(outcomeOf(netns, 'ADD', call)).toEqual(refused(101, `${key}: ${reason}`, details))
    expect(now()).toEqual(BEFORE)
  })

  test('net.core.netdev_max_backlog, which only the host has', () => {
    // In a user namespace the plugin may not return to the host's netns.
    const reason = isRoot
      ? `exists only on the host on Linux ${kernel}, for the whole node; set it there, in /etc/sysctl.d`
      : `does not exist on Linux ${kernel}`
    const conf = { inherit: ['net.core.netdev_max_backlog'] }
    expect(outcomeOf(netns, 'ADD', { conf })).toEqual(refused(101, `net.core.netdev_max_backlog: ${reason}`, NOTHING))
  })

  test('and so is every other', () => {
    const inherit = ['net.ipv4.route.flush', 'net.core.somaxconn', 'net.core.', 'vm.swappiness']
    expect(outcomeOf(netns, 'ADD', { host, conf: { inherit } })).toEqual(
      refused(
        101,
        'net.ipv4.route.flush: is not copied from the host: it is not a setting: writing it empties the routing cache; ' +
          '"net.core." is not the name of a sysctl: it has an empty segment; ' +
          'vm.swappiness: belongs to the whole node; set it there, in /etc/sysctl.d',
        'a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot',
      ),
    )
    expect(now()).toEqual(BEFORE)
  })
})

describe('a glob that takes nothing is an error', () => {
  test.each([
    'net.nope*',
    'net.core*somaxconn',
    'net.core.somaxcon?n',
    'net.ipv4.conf.veth*.*',
    'net.ipv6.conf.*.stable_secret',
    'net.ipv4.route.flus?',
    'net.ipv4.tcp_fastopen_ke*',
    'net.*.*.*.*.*.*.*',
  ])('%s', (glob) => {
    const conf = { inherit: ['net.core.somaxconn', glob] }
    const msg = `inherit ${glob}: matches no sysctl of the host that may be copied`
    expect(outcomeOf(netns, 'ADD', { host, conf })).toEqual(refused(101, msg, NO_DOT))
    expect(now()).toEqual(BEFORE)
  })

  test.each(['net.core.rmem_m*', 'net.*.nf_conntrack_coun*'])('%s, which a container may only read', (glob) => {
    const msg = `inherit ${glob}: matches only what a container has not`
    expect(outcomeOf(netns, 'ADD', { host, conf: { inherit: [glob] } })).toEqual(refused(101, msg, NO_DOT))
  })
})
