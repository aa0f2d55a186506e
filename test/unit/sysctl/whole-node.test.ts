import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { parseSysctlKey, replaceIfName } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { isOfNode } from '../../../plugin/sysctl/whole-node.ts'
import { typed } from '../../helpers/cli.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'
import { lintEntry } from '../../helpers/lint.ts'
import { ask, CONTAINER, errorDocument } from '../../helpers/requests.ts'

const SWITCH = 'net.netfilter.nf_hooks_lwtunnel'
const PATH = '/proc/sys/net/netfilter/nf_hooks_lwtunnel'
const OTHER = '/proc/sys/net/netfilter/nf_log_all_netns'
const FILES = { [PATH]: '0\n', [OTHER]: '0\n' }
const REASON = 'belongs to the whole node, also when a container writes it; set it there, in /etc/sysctl.d'
const DETAILS = 'every container has a file of it, but all have one value'

describe('the switch that every container has and the whole node shares', () => {
  test.each([SWITCH, 'net/netfilter/nf_hooks_lwtunnel', 'net/netfilter.nf_hooks_lwtunnel'.replace('/', '.')])(
    '%s is not a key',
    (name) => expect(errorOf(() => parseSysctlKey(name))).toMatchObject({ code: 101, message: `${SWITCH}: ${REASON}` }),
  )

  test("cannot be put together from an interface's name", () => {
    const key = parseSysctlKey('net.IFNAME.nf_hooks_lwtunnel')
    expect(errorOf(() => replaceIfName(key, 'netfilter'))).toMatchObject({ code: 101 })
  })

  const ANNOTATED = {
    pod: { allow: ['net.netfilter.*'] },
    runtimeConfig: { 'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': `${SWITCH} = 1` } },
  }
  test.each([
    ['by sysctl', { sysctl: { [SWITCH]: 1 } }],
    ['by sysctl with "-"', { sysctl: { [`-${SWITCH}`]: 1 } }],
    ['by inherit', { inherit: [SWITCH] }],
    ['by args.cni', { args: { cni: { sysctl: { [SWITCH]: 1 } } } }],
    ['by an annotation, though pod.allow matches', ANNOTATED],
  ])('is not set %s', (_, conf) => {
    const { answer, os } = ask('ADD', { conf, host: FILES, container: FILES })
    expect(answer).toMatchObject({ code: 101, msg: expect.stringContaining(`${SWITCH}: ${REASON}`), details: DETAILS })
    expect(os.writes).toEqual([])
  })

  test('is taken by no glob of inherit', () => {
    const host = { ...FILES, [PATH]: '1\n', [OTHER]: '1\n' }
    const { exitCode, os } = ask('ADD', { conf: { inherit: ['net.netfilter.*'] }, host, container: FILES })
    expect([exitCode, os.textOf(CONTAINER, OTHER), os.textOf(CONTAINER, PATH)]).toEqual([0, '1', '0'])
  })

  test('is not put back by a DEL where another version has set it', () => {
    const files = { [PATH]: '1\n' }
    const entries = [{ id: SWITCH, before: '0', after: '1', inherited: false }]
    const record = { network: 'net1', containerId: 'c1', ifName: 'eth0', netns: CONTAINER, sequence: 1, entries }
    const text = JSON.stringify({ plugin: 'netns-sysctl', version: 1, ...record })
    const { exitCode, os } = ask('DEL', {
      container: files,
      files: { '/run/cni/netns-sysctl/net1@c1@eth0.json': { text, mode: 0o600 } },
    })
    expect([exitCode, os.textOf(CONTAINER, PATH)]).toEqual([0, '1'])
  })

  test('explain and lint say so', () => {
    const machine = { host: FILES, fresh: FILES }
    const { sysctls } = JSON.parse(typed(['explain', 'net.netfilter.*', '--json'], machine).stdout)
    expect(sysctls).toMatchObject([
      { key: SWITCH, settable: false, remark: REASON },
      { key: 'net.netfilter.nf_log_all_netns', settable: true },
    ])
    expect(lintEntry({ sysctl: { [SWITCH]: 1 } }, machine).join()).toContain(`error: ${SWITCH}: ${REASON}`)
    expect(lintEntry({ inherit: [SWITCH] }, machine).join()).toContain(`error: ${SWITCH}: ${REASON}`)
    expect(lintEntry({ inherit: ['net.netfilter.nf_hooks_*'] }, machine).join()).toContain(
      'matches no sysctl of the host that may be copied',
    )
    const pod = { pod: { allow: [SWITCH] }, capabilities: { 'io.kubernetes.cri.pod-annotations': true } }
    expect(lintEntry(pod, machine).join()).toContain(REASON)
  })
})

test.each([
  ['net.netfilter.nf_conntrack_max', true],
  ['net.nf_conntrack_max', true],
  ['net.netfilter.nf_log_all_netns', false],
  ['net.net.netfilter.nf_conntrack_max', false],
  ['net.netfilter.nf_conntrack_max2', false],
  ['net.net.netfilter.nf_hooks_lwtunnel', false],
  ['net.netfilter.nf_hooks_lwtunnel2', false],
])('whether %s is of the node depends on the kernel: %s', (name, expected) => {
  expect(parseSysctlKey(name).mayBeOfNode).toBe(expected)
})

test('the switch is of the node on every kernel', () => {
  expect(['5.10.1', '7.9.0'].map((release) => isOfNode(SWITCH, release))).toEqual([true, true])
})

describe.each(['max', 'expect_max', 'buckets'])(
  'net.netfilter.nf_conntrack_%s, which a container can write',
  (leaf) => {
    const key = `net.netfilter.nf_conntrack_${leaf}`
    const path = `/proc/sys/net/netfilter/nf_conntrack_${leaf}`
    const files = (release: string) => ({ '/proc/sys/kernel/osrelease': `${release}\n` })
    const reason =
      'belongs to the whole node on Linux 5.10.1, also when a container writes it; set it there, in /etc/sysctl.d'

    test('is not set on a kernel older than 5.12', () => {
      const { answer, os } = ask('ADD', {
        conf: { sysctl: { [key]: 5 } },
        container: { [path]: '9\n' },
        files: files('5.10.1'),
      })
      expect([answer, os.writes]).toEqual([errorDocument(101, `${key}: ${reason}`, 'nothing was written'), []])
    })

    test('is not called read-only if there is none', () => {
      const os = createFakeOs({ files: files('5.10.1') })
      expect(errorOf(() => createSysctlSubject(parseSysctlKey(key)).prepare(os))).toMatchObject({ errno: 'ENOENT' })
    })

    test('is not even written with the value that it has', () => {
      const os = createFakeOs({ netns: { host: { [path]: '9\n' } }, files: files('5.10.1') })
      const subject = createSysctlSubject(parseSysctlKey(key))
      expect(errorOf(() => subject.write(os, '9'))).toEqual(new OsError('EACCES', 'open', path))
      expect(os.writes).toEqual([])
    })

    test('is set on a kernel that gives each netns its own', () => {
      const asked = { conf: { sysctl: { [key]: 5 } }, container: { [path]: '9\n' }, files: files('7.9.0') }
      const { exitCode, os } = ask('ADD', asked)
      expect([exitCode, os.textOf(CONTAINER, path)]).toEqual([0, '5'])
    })

    test('explain and lint say so', () => {
      const machine = { host: { [path]: '9\n' }, fresh: { [path]: '9\n' }, files: files('5.10.1') }
      const { sysctls } = JSON.parse(typed(['explain', key, '--json'], machine).stdout)
      expect(sysctls).toMatchObject([{ key, settable: false, remark: reason }])
      expect(lintEntry({ sysctl: { [key]: 1 } }, machine).join()).toContain(`error: ${key}: ${reason}`)
    })
  },
)
