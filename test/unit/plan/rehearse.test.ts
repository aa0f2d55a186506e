import { expect, test } from 'vitest'
import { parsePluginConf } from '../../../plugin/config/conf.ts'
import { createVeth } from '../../../plugin/link/veth.ts'
import { planRehearsal } from '../../../plugin/plan/rehearsal.ts'
import { rehearse } from '../../../plugin/plan/rehearse.ts'
import { createPlanScope } from '../../../plugin/plan/scope.ts'
import { type Allowlist, parseAllowPatterns } from '../../../plugin/policy/allowlist.ts'
import { newNetns } from '../../helpers/cli.ts'
import { createFakeOs, type FakeFiles, HOST, refuse, usualNetns } from '../../helpers/fake-os.ts'
import { NODE_FILES } from '../../helpers/requests.ts'

const FORWARD = '/proc/sys/net/ipv4/ip_forward'
const CONF = '/proc/sys/net/ipv4/conf'

interface Machine {
  readonly host?: FakeFiles
  readonly inNetns?: FakeFiles
  readonly allowlist?: Allowlist
}

/** Rehearses a configuration on a machine where ip_forward sets the forwarding of every interface: inet_forward_change(). */
function rehearsed(members: Readonly<Record<string, unknown>>, { host = {}, inNetns = {}, allowlist }: Machine = {}) {
  const own = Object.fromEntries(['all', 'default', 'lo'].map((name) => [`${CONF}/${name}/forwarding`, '0\n']))
  const hostFiles = { [`${CONF}/default/forwarding`]: '0\n', ...host }
  const os = createFakeOs({
    newNetns: newNetns({ ...own, ...inNetns }),
    netns: { [HOST]: usualNetns(hostFiles) },
    files: NODE_FILES,
  })
  const conf = parsePluginConf({ object: { name: 'x', ...members } })
  const scope = createPlanScope(conf, 'eth0', allowlist)
  const rehearsal = planRehearsal(os, conf, scope)
  let stages = 0
  const enter = () => {
    stages += 1
    os.makeNetns()
    createVeth(os, 'eth0', 'peer~0')
    const files = os.state.trees.get('new')
    const forward = files?.get(FORWARD)
    if (files === undefined || forward === undefined) throw new Error('there is no ip_forward')
    forward.accept = (text) => {
      for (const [path, file] of files) if (path.endsWith('/forwarding') && text !== forward.text) file.text = text
      return text
    }
  }
  const surroundings = { inNetns: new Map(), onHost: new Map(), links: [], release: '6.18.44' }
  const faults = [...rehearsal.faults, ...rehearse(os, rehearsal, { enter, lookAround: () => surroundings })]
  return { faults, stages, os }
}

test('a value that a later write overwrites is told of, with what does it and what it becomes', () => {
  const sysctl = {
    'net.ipv4.conf.IFNAME.forwarding': 0,
    'net.core.somaxconn': 5,
    'net.ipv4.ip_forward': 1,
    'net.ipv4.tcp_keepalive_time': 9,
  }
  expect(rehearsed({ sysctl }).faults).toEqual([
    {
      at: ['sysctl', 'net.ipv4.conf.IFNAME.forwarding'],
      kind: 'overwritten',
      message:
        'net.ipv4.conf.IFNAME.forwarding: "0" does not last: net.ipv4.ip_forward is written later and makes it "1"; leave one of the two out, because runtimes sort the sysctls of an entry by name',
    },
  ])
})

test('in the other order nothing is wrong, and one netns is enough', () => {
  const sysctl = { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.IFNAME.forwarding': 0 }
  expect(rehearsed({ sysctl })).toMatchObject({ faults: [], stages: 1 })
})

test("a host's value that a setting overwrites is to be set itself", () => {
  const { faults, stages } = rehearsed({
    inherit: ['net.ipv4.conf.IFNAME.forwarding'],
    sysctl: { 'net.ipv4.ip_forward': 1 },
  })
  expect(faults).toEqual([
    {
      at: ['inherit', 0],
      kind: 'overwritten',
      message:
        'net.ipv4.conf.IFNAME.forwarding: "0" does not last: net.ipv4.ip_forward is written later and makes it "1"; leave one of the two out, because runtimes sort the sysctls of an entry by name',
    },
  ])
  expect(stages).toBe(2)
})

test('it writes no undo record, logs nothing, and writes nothing on the host', () => {
  const { os } = rehearsed({ sysctl: { 'net.core.somaxconn': 5, '-net.core.nosuch': 1 }, inherit: ['net.ipv4.tcp_*'] })
  expect(os.stderr()).toBe('')
  expect(os.writes).toEqual([])
  expect([...os.state.shared.keys()]).toEqual(Object.keys(NODE_FILES))
})

test('two spellings of one sysctl are told of where the second is, and the rest is rehearsed', () => {
  const sysctl = { 'net.core.somaxconn': 5, 'net/core/somaxconn': 6, 'net.core.nosuch': 1 }
  expect(rehearsed({ sysctl }).faults.map(({ at, kind }) => [at[1], kind])).toEqual([
    ['net/core/somaxconn', 'invalid'],
    ['net.core.nosuch', 'refused'],
  ])
})

test('an interface that the configuration names is named in the message, not IFNAME', () => {
  const sysctl = { 'net.ipv4.conf.eth0.forwarding': 0, 'net.ipv4.ip_forward': 1 }
  expect(rehearsed({ sysctl }).faults.map(({ message }) => message.split(':')[0])).toEqual([
    'net.ipv4.conf.eth0.forwarding',
  ])
})

test('each fault has its kind and the place that asks for it', () => {
  const sys = '/proc/sys/net'
  const inNetns = {
    [`${sys}/core/cut`]: { text: '1\n', accept: () => '7\n' },
    [`${sys}/core/optional`]: { text: '1\n', accept: () => '7\n' },
    [`${sys}/core/range`]: { text: '1\t2\n', accept: () => '3\t4\n' },
    [`${sys}/core/form`]: '1\t2\n',
    [`${sys}/core/short`]: '1\t2\n',
    [`${sys}/core/refusing`]: { text: '1\n', accept: () => refuse('EBUSY') },
    [`${sys}/core/refusing2`]: { text: '1\n', accept: () => refuse('EBUSY') },
  }
  const sysctl = {
    'net.bad.x': 1,
    'net..core': 1,
    '-net.core.nosuch': 1,
    'net.core.form': 'x',
    'net.core.refusing': 5,
    '-net.core.refusing2': 5,
    'net.core.short': 5,
    'net.core.cut': 5,
    '-net.core.optional': 5,
    'net.core.range': '5 6',
    'net.core.late': 1,
  }
  const allowlist = { path: '/etc/x', patterns: parseAllowPatterns('net\\.core', '/etc/x') }
  const args = { cni: { sysctl: { 'net.core.late': 2 } } }
  const { faults } = rehearsed({ sysctl, args, inherit: ['net.core.gone'] }, { inNetns, allowlist })
  expect(faults.map(({ at, kind, message }) => [at.join(' '), kind, message])).toEqual([
    ['sysctl net.bad.x', 'policy', 'net.bad.x: is not allowed on this node by /etc/x; /etc/x allows net\\.core'],
    ['sysctl net..core', 'invalid', expect.stringContaining('it has an empty segment; a name is like')],
    ['inherit 0', 'refused', expect.stringContaining('net.core.gone: cannot be copied from the host')],
    ['sysctl -net.core.nosuch', 'ignored', expect.stringContaining('net.core.nosuch: does not exist')],
    ['args cni sysctl net.core.late', 'refused', expect.stringContaining('net.core.late: does not exist')],
    ['sysctl net.core.form', 'refused', 'net.core.form: "x" must be 2 integers separated by blanks; it holds "1 2"'],
    ['sysctl net.core.short', 'cut', expect.stringContaining('the last one stays as before; it holds "1 2"')],
    ['sysctl net.core.refusing', 'refused', 'net.core.refusing: the kernel refuses "5" (EBUSY); it holds "1"'],
    ['sysctl -net.core.refusing2', 'ignored', 'net.core.refusing2: the kernel refuses "5" (EBUSY); it holds "1"'],
    ['sysctl net.core.cut', 'cut', 'net.core.cut: the kernel makes "7" of "5"'],
    ['sysctl -net.core.optional', 'cut', 'net.core.optional: the kernel makes "7" of "5"'],
    ['sysctl net.core.range', 'cut', 'net.core.range: the kernel makes "3 4" of "5 6"'],
  ])
})
