import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { newDataDir } from '../helpers/data-dir.ts'
import { callPlugin } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { newNode } from '../helpers/node-folders.ts'
import { cacheText, conflist } from '../helpers/node-state.ts'
import { type } from '../helpers/operator.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

// Two networks of one container ask for net.core.somaxconn. The second one is added later.

const PATH = 'net/core/somaxconn'
type Network = 'net1' | 'net2'

const netns = await createNetns()
addVeth(netns)
const { confDir } = newNode()
const cacheDir = join(confDir, '../results')
mkdirSync(cacheDir)
const dataDir = newDataDir()
afterAll(async () => {
  await netns.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const now = () => readSysctls(netns, [PATH])[PATH]
const entryOf = (somaxconn: number | undefined) => ({
  dataDir,
  sysctl: somaxconn === undefined ? {} : { 'net.core.somaxconn': somaxconn },
})
const conflistOf = (network: Network, somaxconn: number | undefined) =>
  conflist(entryOf(somaxconn)).replace('"net1"', `"${network}"`)

function ask(command: string, network: Network, somaxconn: number) {
  const conf = { name: network, cniVersion: '1.0.0', ...entryOf(somaxconn) }
  expect(callPlugin(netns, command, { conf })).toMatchObject({ status: 0, stderr: '' })
  const cached = cacheText('c1', { config: conflistOf(network, somaxconn), netns: netns.path })
  const path = join(cacheDir, `${network}-c1-eth0`)
  if (command === 'DEL') rmSync(path)
  else writeFileSync(path, cached.replace('"networkName":"net1"', `"networkName":"${network}"`))
}

beforeEach(() => {
  writeSysctls(netns, { [PATH]: '4096' })
  ask('ADD', 'net1', 1000)
  ask('ADD', 'net2', 2000)
})

type Somaxconn = number | undefined

test.each<[what: string, first: Somaxconn, second: Somaxconn, applied: string, left: Record<Network, string>]>([
  ['asks for another value', 1000, 2001, '2001', { net1: '1000', net2: '2001' }],
  ['and the earlier one ask for other values', 1001, 2001, '2001', { net1: '1000', net2: '2001' }],
  ['asks no more, and the earlier one for another value', 1001, undefined, '1001', { net1: '1001', net2: '4096' }],
  ['is the only one that still asks', undefined, 2000, '2000', { net1: '4096', net2: '2000' }],
])(
  'the later one %s: apply, and the DEL of each, leave the value of one that lives',
  (_, first, second, applied, left) => {
    for (const [gone, stays] of [
      ['net2', 'net1'],
      ['net1', 'net2'],
    ] as const) {
      writeFileSync(join(confDir, '10-net1.conflist'), conflistOf('net1', first))
      writeFileSync(join(confDir, '20-net2.conflist'), conflistOf('net2', second))
      const { status, stderr } = type(['apply', '--all', '--conf-dir', confDir, '--cache-dir', cacheDir])
      expect([status, stderr, now()]).toEqual([0, '', applied])
      const asked = { net1: 1000, net2: 2000 }
      ask('DEL', gone, asked[gone])
      expect(now()).toBe(left[stays])
      ask('CHECK', stays, asked[stays])
      ask('DEL', stays, asked[stays])
      expect(now()).toBe('4096')
      if (gone === 'net1') continue
      ask('ADD', 'net1', 1000)
      ask('ADD', 'net2', 2000)
    }
  },
)

test('an ADD that is done again makes its attachment the last one', () => {
  ask('ADD', 'net1', 1000)
  expect(now()).toBe('1000')
  ask('DEL', 'net1', 1000)
  expect(now()).toBe('2000')
  ask('DEL', 'net2', 2000)
  expect(now()).toBe('4096')
})
