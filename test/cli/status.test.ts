import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDataDir } from '../helpers/data-dir.ts'
import { callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns, readSysctl } from '../helpers/netns.ts'
import { type NodeFolders, newNode } from '../helpers/node-folders.ts'
import { cacheText, conflist, podArgs } from '../helpers/node-state.ts'
import { type } from '../helpers/operator.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
/** Containers on each of the few network namespaces. */
const EACH = 100

let netnses: Netns[]
let node: NodeFolders
let cacheDir: string
let dataDir: string

const entryOf = (somaxconn: number) => ({ sysctl: { 'net.core.somaxconn': somaxconn }, dataDir })
const confOf = (somaxconn: number) => ({ name: 'net1', cniVersion: '1.0.0', ...entryOf(somaxconn) })
const folders = () => ['--conf-dir', node.confDir, '--cache-dir', cacheDir]
const setConflist = (somaxconn: number) =>
  writeFileSync(join(node.confDir, '10-net1.conflist'), conflist(entryOf(somaxconn)))

function status(...args: readonly string[]) {
  return type(['status', ...folders(), '--bin-dir', node.binDir, ...args])
}

const nameOf = (index: number, each: number) => `pod-${index * EACH + each}`

beforeAll(async () => {
  node = newNode()
  symlinkSync(EXECUTABLE, node.target)
  cacheDir = join(node.confDir, '../results')
  mkdirSync(cacheDir)
  dataDir = newDataDir()
  netnses = await Promise.all([createNetns(), createNetns(), createNetns()])
  setConflist(8192)
  const config = conflist(entryOf(8192))
  for (const [index, netns] of netnses.entries()) {
    addVeth(netns)
    const own = nameOf(index, 0)
    const added = callPlugin(netns, 'ADD', { conf: confOf(8192), env: { CNI_CONTAINERID: own } })
    expect(added.status, added.stdout).toBe(0)
    const record = readFileSync(`${dataDir}/containers/${own}/net1@eth0.json`, 'utf8')
    for (let each = 0; each < EACH; each++) {
      const id = nameOf(index, each)
      mkdirSync(`${dataDir}/containers/${id}`, { recursive: true, mode: 0o700 })
      const path = `${dataDir}/containers/${id}/net1@eth0.json`
      writeFileSync(path, record.replaceAll(`"${own}"`, `"${id}"`), { mode: 0o600 })
      const cached = cacheText(id, { config, args: podArgs(`space-${index}`, id), netns: netns.path })
      writeFileSync(join(cacheDir, `net1-${id}-eth0`), cached)
    }
  }
})

afterAll(async () => {
  await Promise.all(netnses.map((netns) => netns.close()))
  rmSync(dataDir, { recursive: true, force: true })
})

describe('a node of 300 attachments', () => {
  test('is in order, which takes less than a second on a node that does nothing else', () => {
    const start = performance.now()
    const { status: exitCode, stdout, stderr } = status('--state', 'in order')
    const took = performance.now() - start
    console.log(`status of 300 attachments: ${took.toFixed(0)} ms`)
    expect(stderr).toBe('')
    expect(stdout).toContain(`${node.confDir}/10-net1.conflist (network net1) has the entry\n`)
    expect(stdout).toMatch(/executable: {2}\S+\/netns-sysctl, \d/)
    expect(stdout).toContain('\n300 attachments: 300 in order\n')
    expect(exitCode).toBe(0)
    // A machine that runs many tests at once is ten times slower.
    expect(took).toBeLessThan(60_000)
  })

  test('is outdated after a change of the conflist, until apply has come', () => {
    setConflist(16384)
    const before = status('--state', 'outdated', '--json')
    expect(before.status).toBe(1)
    expect((JSON.parse(before.stdout) as { attachments: unknown[] }).attachments).toHaveLength(300)
    const dry = type(['apply', ...folders(), '--namespace', 'space-1', '--dry-run'])
    expect(dry.stdout).toContain('100 attachments: 100 would be changed, 0 as they are\n')
    expect(readSysctl(netnses[1] as Netns, SOMAXCONN)).toBe('8192')
    const applied = type(['apply', ...folders(), '--container', nameOf(1, 0)])
    expect(applied.stderr).toBe('')
    expect(applied.stdout).toBe(`space-1/pod-100 (network net1, eth0)
    net.core.somaxconn set: 8192 -> 16384
1 attachment: 1 changed, 0 as they are
`)
    expect(netnses.map((netns) => readSysctl(netns, SOMAXCONN))).toEqual(['8192', '16384', '8192'])
  })

  test('has what apply set accepted by CHECK with the old request, and undone by DEL', () => {
    const netns = netnses[1] as Netns
    const call = { conf: confOf(8192), env: { CNI_CONTAINERID: nameOf(1, 0) } }
    expect(callPlugin(netns, 'CHECK', call).status).toBe(0)
    expect(callPlugin(netns, 'DEL', call).status).toBe(0)
    expect(readSysctl(netns, SOMAXCONN)).toBe('4096')
  })

  test('tells the same to Prometheus', () => {
    const { stdout } = status('--prometheus', '--namespace', 'space-0')
    expect(stdout).toContain('netns_sysctl_attachments{state="outdated"} 100\n')
    expect(stdout).toContain('namespace="space-0",pod="pod-7",container="pod-7",network="net1",interface="eth0"')
  })

  test('fits a terminal', () => {
    const { stdout } = status('--namespace', 'space-0')
    expect(
      stdout
        .split('\n')
        .slice(3)
        .filter((line) => line.length > 80),
    ).toEqual([])
  })
})
