import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { EXECUTABLE } from '../helpers/executable.ts'
import { addVeth, createNetns, type Ran } from '../helpers/netns.ts'
import { newNode } from '../helpers/node-folders.ts'
import { envOf, formatConf } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'
import { start } from '../protocol/start.ts'

// Like containerd, which attaches the networks of a pod in parallel, and like two installs at once.

const netns = await createNetns()
afterAll(() => netns.close())
for (const ifName of ['eth0', 'eth1', 'eth2']) addVeth(netns, ifName)

const ROUNDS = 15
const BEFORE = { 'net/core/somaxconn': '4096', 'net/ipv4/tcp_fin_timeout': '60' }
const now = () => readSysctls(netns, Object.keys(BEFORE))

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeSysctls(netns, BEFORE)
})

interface Attachment {
  readonly ifName: string
  readonly somaxconn: number
}

const [ETH0, ETH1, ETH2] = [
  { ifName: 'eth0', somaxconn: 1000 },
  { ifName: 'eth1', somaxconn: 2000 },
  { ifName: 'eth2', somaxconn: 3000 },
] as const

function begin(command: string, { ifName, somaxconn }: Attachment, conf: object = {}): Promise<Ran> {
  const env = { ...envOf(command), CNI_NETNS: netns.path, CNI_IFNAME: ifName }
  const plugin = start(netns.hostCommand([EXECUTABLE]), env)
  const sysctl = { 'net.core.somaxconn': somaxconn, 'net.ipv4.tcp_fin_timeout': 30 }
  plugin.stdin.end(formatConf({ dataDir, name: `net-${ifName}`, sysctl, ...conf }))
  return plugin.ended
}

/** Runs all at once; each has to succeed. */
async function together(...running: readonly Promise<Ran>[]): Promise<void> {
  const ended = await Promise.all(running)
  expect(ended.filter(({ status }) => status !== 0)).toEqual([])
}

function expectUndone(): void {
  expect({ values: now(), records: namesIn(dataDir) }).toEqual({ values: BEFORE, records: [] })
}

describe('of one container', () => {
  test('three ADDs at once, and then three DELs, leave nothing', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await together(...[ETH0, ETH1, ETH2].map((each) => begin('ADD', each)))
      expect(namesIn(dataDir)).toHaveLength(3)
      await together(...[ETH2, ETH0, ETH1].map((each) => begin('DEL', each)))
      expectUndone()
    }
  })

  test('an ADD and a DEL at once leave what the ADD has set, and what was there in the end', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await together(begin('ADD', ETH0))
      await together(begin('DEL', ETH0), begin('ADD', ETH1))
      expect(now()['net/core/somaxconn']).toBe('2000')
      await together(begin('DEL', ETH1))
      expectUndone()
    }
  })

  test('the same ADD twice, and the same DEL twice, are one', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await together(begin('ADD', ETH0), begin('ADD', ETH0))
      expect(namesIn(dataDir)).toEqual(['c1/net-eth0@eth0.json'])
      await together(begin('DEL', ETH0), begin('DEL', ETH0))
      expectUndone()
    }
  })

  test('a GC beside an ADD takes nothing from it', async () => {
    const gc = { prevResult: undefined, 'cni.dev/valid-attachments': [] }
    for (let round = 0; round < ROUNDS; round++) {
      await together(begin('ADD', ETH0), begin('GC', ETH0, gc), begin('GC', ETH0, gc))
      expect(namesIn(dataDir)).toEqual(['c1/net-eth0@eth0.json'])
      await together(begin('DEL', ETH0), begin('GC', ETH0, gc))
      expectUndone()
    }
  })
})

describe('two installs at once', { timeout: 300_000 }, () => {
  const CONFLIST = JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins: [{ type: 'bridge' }] })

  test('succeed, with the entry that one of them wanted', async () => {
    for (let round = 0; round < 4; round++) {
      const { binDir, confDir } = newNode()
      const list = join(confDir, '10-x.conflist')
      writeFileSync(list, CONFLIST)
      const install = (value: number) => {
        const words = [
          'install',
          '--bin-dir',
          binDir,
          '--into',
          list,
          '--sysctl',
          `net.core.somaxconn=${value}`,
        ] as const
        const plugin = start([EXECUTABLE, ...words], { CNI_COMMAND: '' })
        plugin.stdin.end()
        return plugin.ended
      }
      await together(install(1), install(2))
      expect([namesIn(binDir), namesIn(confDir)]).toEqual([['netns-sysctl'], ['10-x.conflist']])
    }
  })
})
