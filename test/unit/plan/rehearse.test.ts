import { expect, test } from 'vitest'
import { parsePluginConf } from '../../../plugin/config/conf.ts'
import { createVeth } from '../../../plugin/link/veth.ts'
import { planRehearsal } from '../../../plugin/plan/rehearsal.ts'
import { rehearse } from '../../../plugin/plan/rehearse.ts'
import { createPlanScope } from '../../../plugin/plan/scope.ts'
import { newNetns } from '../../helpers/cli.ts'
import { createFakeOs, type FakeFiles, HOST, usualNetns } from '../../helpers/fake-os.ts'

const FORWARD = '/proc/sys/net/ipv4/ip_forward'
const CONF = '/proc/sys/net/ipv4/conf'

/** Rehearses a configuration on a machine where ip_forward sets the forwarding of every interface: inet_forward_change(). */
function rehearsed(members: Readonly<Record<string, unknown>>, host: FakeFiles = {}) {
  const own = Object.fromEntries(['all', 'default', 'lo'].map((name) => [`${CONF}/${name}/forwarding`, '0\n']))
  const hostFiles = { [`${CONF}/default/forwarding`]: '0\n', ...host }
  const os = createFakeOs({ newNetns: newNetns(own), netns: { [HOST]: usualNetns(hostFiles) } })
  const conf = parsePluginConf({ object: { name: 'x', ...members } })
  const scope = createPlanScope(conf, 'eth0', undefined)
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
  const sysctl = { 'net.ipv4.conf.IFNAME.forwarding': 0, 'net.core.somaxconn': 5, 'net.ipv4.ip_forward': 1 }
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
  expect([...os.state.shared.keys()]).toEqual([])
})

test('two spellings of one sysctl are told of where the second is, and the rest is rehearsed', () => {
  const sysctl = { 'net.core.somaxconn': 5, 'net/core/somaxconn': 6, 'net.core.nosuch': 1 }
  expect(rehearsed({ sysctl }).faults.map(({ at, kind }) => [at[1], kind])).toEqual([
    ['net/core/somaxconn', 'invalid'],
    ['net.core.nosuch', 'refused'],
  ])
})
