import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

interface Attachment {
  readonly name: string
  readonly ifName: string
}

const PATH = 'net/core/somaxconn'
const FIRST = 4096

const netns = await createNetns()
afterAll(() => netns.close())
for (const ifName of ['eth0', 'eth1', 'eth2']) addVeth(netns, ifName)

let dataDir: string
beforeEach(() => {
  writeSysctls(netns, { [PATH]: String(FIRST) })
  dataDir = newDataDir()
})

const now = () => Number(readSysctls(netns, [PATH])[PATH])

function ask(command: string, { name, ifName }: Attachment, somaxconn: number) {
  const conf = { dataDir, name, sysctl: { 'net.core.somaxconn': somaxconn } }
  return callPlugin(netns, command, { conf, env: { CNI_IFNAME: ifName } })
}

function add(attachment: Attachment, somaxconn: number) {
  expect(ask('ADD', attachment, somaxconn)).toMatchObject({ status: 0, stderr: '' })
  expect(now()).toBe(somaxconn)
}

const DELETED = { status: 0, stdout: '', stderr: '' }

/** Every order of the numbers from 0. */
function ordersOf(count: number): number[][] {
  if (count === 0) return [[]]
  const last = count - 1
  return ordersOf(last).flatMap((order) =>
    Array.from({ length: count }, (_, at) => [...order.slice(0, at), last, ...order.slice(at)]),
  )
}

const ONE_NETWORK: Attachment[] = ['eth0', 'eth1', 'eth2'].map((ifName) => ({ name: 'net1', ifName }))
const THREE_NETWORKS: Attachment[] = ONE_NETWORK.map(({ ifName }, index) => ({ name: `net${index}`, ifName }))
const SAME_INTERFACE: Attachment[] = THREE_NETWORKS.map(({ name }) => ({ name, ifName: 'eth0' }))

const OTHERS = [1000, 2000, 3000]

describe.each<[layout: string, set: string, readonly Attachment[], readonly number[]]>([
  ['of one network', 'other values each', ONE_NETWORK, OTHERS],
  ['of three networks', 'other values each', THREE_NETWORKS, OTHERS],
  ['of three networks to one interface', 'other values each', SAME_INTERFACE, OTHERS],
  ['of one network', 'the same value', ONE_NETWORK, [1000, 1000, 1000]],
  ['of one network', 'the value that is there', ONE_NETWORK, [1000, FIRST, 1000]],
])('attachments %s that set a sysctl to %s', (_layout, _set, attachments, values) => {
  test.each(ordersOf(3).map((order) => [order]))('are deleted in the order %j', (order) => {
    for (const [index, attachment] of attachments.entries()) add(attachment, values[index] as number)
    const left = new Set([0, 1, 2])
    for (const index of order) {
      expect(ask('DEL', attachments[index] as Attachment, 1)).toEqual(DELETED)
      left.delete(index)
      // The latest attachment that is left has its value.
      const latest = Math.max(-1, ...left)
      expect(now()).toBe(latest < 0 ? FIRST : values[latest])
      for (const kept of left) {
        expect(ask('CHECK', attachments[kept] as Attachment, values[kept] as number)).toEqual(DELETED)
      }
    }
    expect(namesIn(dataDir)).toEqual([])
  })
})

describe('two attachments', () => {
  const [eth0, eth1] = ONE_NETWORK as [Attachment, Attachment]

  test.each([
    ['the first', eth0, eth1],
    ['the second', eth1, eth0],
  ])('leave what was changed since, with %s deleted first', (_, first, second) => {
    add(eth0, 1000)
    add(eth1, 2000)
    writeSysctls(netns, { [PATH]: '77' })
    expect([ask('DEL', first, 1), ask('DEL', second, 1)]).toEqual([DELETED, DELETED])
    expect(now()).toBe(77)
    expect(namesIn(dataDir)).toEqual([])
  })

  test.each([
    ['first', eth0, eth1],
    ['last', eth1, eth0],
  ])('of which one was added again are undone, with it deleted %s', (_, first, second) => {
    add(eth0, 1000)
    add(eth1, 2000)
    add(eth0, 3000)
    expect([ask('DEL', first, 1), ask('DEL', second, 1)]).toEqual([DELETED, DELETED])
    expect(now()).toBe(FIRST)
    expect(namesIn(dataDir)).toEqual([])
  })

  test('of two containers know nothing of each other', async () => {
    const other = await createNetns()
    try {
      writeSysctls(other, { [PATH]: '5' })
      add(eth0, 1000)
      const call = {
        conf: { dataDir, sysctl: { 'net.core.somaxconn': 1000 } },
        env: { CNI_CONTAINERID: 'c2' },
      }
      expect(outcomeOf(other, 'ADD', call)).toEqual({ exitCode: 0, answer: PREV_RESULT })
      expect(ask('DEL', eth0, 1)).toEqual(DELETED)
      expect(outcomeOf(other, 'DEL', call)).toEqual({ exitCode: 0, answer: undefined })
      expect([now(), readSysctls(other, [PATH])]).toEqual([FIRST, { [PATH]: '5' }])
    } finally {
      await other.close()
    }
  })
})
