import { release } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, isRoot } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { readSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth0.100')

const kernel = release().replace(/-.*/, '')
const { 'net/ipv4/tcp_congestion_control': congestionControl, 'net/ipv4/tcp_allowed_congestion_control': available } =
  readSysctls(netns, ['net/ipv4/tcp_congestion_control', 'net/ipv4/tcp_allowed_congestion_control'])
const LINKS = 'lo, eth0p, eth0, eth0.100p, eth0.100'
const NOTHING = 'nothing was written'
const UNDONE = 'everything written before was put back'
const IN_SECURITY_CONTEXT = "set it in the pod's securityContext.sysctls or by the runtime's --sysctl"

describe('a sysctl that cannot be set gets its reason', () => {
  test.each([
    ['of the IPC namespace', 'kernel.shm_rmid_forced', 1, `belongs to the IPC namespace; ${IN_SECURITY_CONTEXT}`, ''],
    ['of the IPC namespace', 'fs.mqueue.msg_max', 1, `belongs to the IPC namespace; ${IN_SECURITY_CONTEXT}`, ''],
    [
      'of the UTS namespace',
      'kernel.domainname',
      'x',
      "belongs to the UTS namespace; set the pod's hostname instead",
      '',
    ],
    ['of the whole node', 'vm.swappiness', 1, 'belongs to the whole node; set it there, in /etc/sysctl.d', ''],
    [
      'of the host alone',
      'net.core.netdev_max_backlog',
      1,
      // In a user namespace the plugin may not return to the host's netns.
      isRoot
        ? `exists only on the host on Linux ${kernel}, for the whole node; set it there, in /etc/sysctl.d`
        : `does not exist on Linux ${kernel}`,
      NOTHING,
    ],
    [
      'that is read-only in a container',
      'net.core.rmem_max',
      1,
      `is read-only in a container on Linux ${kernel}; the node's value counts: set it there, in /etc/sysctl.d`,
      NOTHING,
    ],
    [
      'of an interface that is not there',
      'net.ipv4.conf.nope0.rp_filter',
      1,
      `there is no interface nope0 here; there are ${LINKS}`,
      NOTHING,
    ],
    [
      'of an interface that is not there, by a dot in its name',
      'net/ipv6/conf/eth0.200/accept_ra',
      1,
      `there is no interface eth0.200 here; there are ${LINKS}`,
      NOTHING,
    ],
    [
      'of an interface whose name has a dot',
      'net.ipv4.conf.eth0.100.rp_filter',
      1,
      "a dot within an interface's name needs slashes around it: net/ipv4/conf/eth0.100/rp_filter",
      NOTHING,
    ],
    [
      'that is misspelt',
      'net.core.somaxcon',
      1,
      `does not exist on Linux ${kernel}; did you mean net.core.somaxconn?`,
      NOTHING,
    ],
    ['that is like no other', 'net.frobnication.xyzzy', 1, `does not exist on Linux ${kernel}`, NOTHING],
    [
      'with a value out of order',
      'net.ipv4.ip_local_port_range',
      '65535 1024',
      'the kernel refuses "65535 1024" (EINVAL): the first number is the larger one; it holds "32768 60999"',
      UNDONE,
    ],
    [
      'with a value out of range',
      'net.ipv4.tcp_syn_retries',
      128,
      'the kernel refuses "128" (EINVAL): out of range; it holds "6"',
      UNDONE,
    ],
    [
      'with a value that is not available',
      'net.ipv4.tcp_congestion_control',
      'nope',
      `the kernel refuses "nope" (ENOENT): it knows nothing of this name; a container may take ` +
        `${available?.split(' ').join(', ')}; it holds "${congestionControl}"`,
      UNDONE,
    ],
  ])('%s: %s', (_, name, value, reason, details) => {
    const msg = `${name.includes('/') ? 'net.ipv6.conf.eth0/200.accept_ra' : name}: ${reason}`
    expect(outcomeOf(netns, 'ADD', { conf: { sysctl: { [name]: value } } })).toEqual({
      exitCode: 1,
      answer: errorDocument(101, msg, details),
    })
  })

  test('that is a directory', () => {
    const { exitCode, answer } = outcomeOf(netns, 'ADD', { conf: { sysctl: { 'net.ipv4': 1 } } })
    const msg = expect.stringMatching(
      /^net\.ipv4: is a directory of sysctls, not a sysctl; in it is (net\.ipv4\.\S+(, )?){3}$/,
    )
    expect({ exitCode, answer }).toEqual({
      exitCode: 1,
      answer: { cniVersion: '1.1.0', code: 101, msg, details: NOTHING },
    })
  })

  test('and so does every other', () => {
    const sysctl = { 'net.core.rmem_max': 1, 'net.core.somaxconn': 1024, 'net.ipv4.conf.nope0.rp_filter': 1 }
    expect(outcomeOf(netns, 'ADD', { conf: { sysctl } })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        101,
        `net.core.rmem_max: is read-only in a container on Linux ${kernel}; the node's value counts: set it there, in ` +
          `/etc/sysctl.d; net.ipv4.conf.nope0.rp_filter: there is no interface nope0 here; there are ${LINKS}`,
        NOTHING,
      ),
    })
  })
})
