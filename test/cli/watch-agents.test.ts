import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AGENTS, byRename, hasOwnEntry, type Rewrite } from '../helpers/agents.ts'
import { type NodeFolders, newNode } from '../helpers/node-folders.ts'
import { type } from '../helpers/operator.ts'
import { killWatchers, startWatcher, until, type Watcher } from '../helpers/watcher.ts'

const SYSCTL = ['--sysctl', 'net.core.somaxconn=16384']
const textOf = (number: number) =>
  `{\n  "cniVersion": "1.0.0",\n  "name": "x",\n  "plugins": [\n    { "type": "bridge", "mtu": ${number} }\n  ]\n}\n`
/** NETNS_SYSCTL_LONG=1: as long as the acceptance of a release takes. */
const REWRITES = process.env.NETNS_SYSCTL_LONG === undefined ? 80 : 1000
const KILLS = process.env.NETNS_SYSCTL_LONG === undefined ? 12 : 100

let node: NodeFolders
let list: string
beforeEach(() => {
  node = newNode()
  list = join(node.confDir, '10-x.conflist')
  type(['install', '--unchecked', '--bin-dir', node.binDir])
})
afterEach(killWatchers)

/**
 * Rewrites the file again and again, and looks at it meanwhile; the longest time in milliseconds that `isThere` was false
 * at every look, without the time for which the watcher had no processor.
 */
async function rewriteAndLook(rewrite: Rewrite, watcher: Watcher, isThere: () => boolean): Promise<number> {
  let longest = 0
  let since: number | undefined
  const look = () => {
    const now = performance.now() - waitedFor(watcher)
    if (isThere()) since = undefined
    else {
      since ??= now
      longest = Math.max(longest, now - since)
    }
  }
  for (let number = 1; number <= REWRITES; number += 1) {
    rewrite(list, textOf(number))
    // At once, and up to 60 ms later.
    for (const end = performance.now() + ((number * 37) % 61); performance.now() < end; await sleep(0)) look()
  }
  for (look(); since !== undefined; look()) await sleep(1)
  return longest
}

/** How long a process that could run has waited for a processor, in milliseconds: Documentation/scheduler/sched-stats.rst. */
function waitedFor({ pid }: Watcher): number {
  const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
  return Number(waited) / 1e6
}

describe.each(AGENTS)('an agent that rewrites the conflist as %s', (_, rewrite) => {
  test(`${REWRITES} times: the entry is never away for a second, and no file is ever a half`, async () => {
    writeFileSync(list, textOf(0))
    const watcher = startWatcher(node, ['--conf-dir', node.confDir, ...SYSCTL])
    await watcher.ready()
    const longest = await rewriteAndLook(rewrite, watcher, () => hasOwnEntry(list))
    await until(() => hasOwnEntry(list) && readFileSync(list, 'utf8').includes(`"mtu": ${REWRITES} `), watcher.stderr)
    expect(longest).toBeLessThan(1000)
    expect(await watcher.end()).toBe(0)
    expect(hasOwnEntry(list)).toBe(true)
  })

  test('with --own-file there is no moment without the values', async () => {
    writeFileSync(list, textOf(0))
    const own = join(node.confDir, '02-netns-sysctl.conflist')
    const watcher = startWatcher(node, [
      '--conf-dir',
      node.confDir,
      '--own-file',
      '02-netns-sysctl.conflist',
      ...SYSCTL,
    ])
    await watcher.ready()
    const without: number[] = []
    const longest = await rewriteAndLook(rewrite, watcher, () => {
      // What a runtime would load now.
      const first = readdirSync(node.confDir)
        .filter((name) => name.endsWith('.conflist'))
        .sort()[0]
      if (first !== '02-netns-sysctl.conflist' || !hasOwnEntry(own)) without.push(performance.now())
      return true
    })
    expect([without, hasOwnEntry(list)]).toEqual([[], false])
    expect(longest).toBeLessThan(1000)
    await until(() => readFileSync(own, 'utf8').includes(`"mtu": ${REWRITES} `), watcher.stderr)
    expect(await watcher.end()).toBe(0)
  })

  test('is killed, and so is the watcher, at any moment: the file is whole, and the entry comes back', async () => {
    writeFileSync(list, textOf(0))
    for (let round = 1; round <= KILLS; round += 1) {
      const watcher = startWatcher(node, ['--conf-dir', node.confDir, ...SYSCTL])
      const end = performance.now() + ((round * 37) % 250)
      for (let number = 1; performance.now() < end; number += 1) {
        rewrite(list, textOf(number))
        await sleep(number % 5)
      }
      await watcher.end('SIGKILL')
      expect(typeof hasOwnEntry(list)).toBe('boolean')
    }
    const last = startWatcher(node, ['--conf-dir', node.confDir, ...SYSCTL])
    await last.ready()
    expect(hasOwnEntry(list)).toBe(true)
    expect(await last.end()).toBe(0)
    expect(readdirSync(node.confDir).filter((name) => /\.(conf|conflist|json)$/.test(name))).toEqual(['10-x.conflist'])
  })
})

test('two watchers and an install at once come to one end', async () => {
  writeFileSync(list, textOf(0))
  const watchers = ['a', 'b'].map((state) => startWatcher(node, ['--conf-dir', node.confDir, ...SYSCTL], state))
  for (const watcher of watchers) await watcher.ready()
  for (let number = 1; number <= 6; number += 1) {
    byRename(list, textOf(number))
    type(['install', '--unchecked', '--bin-dir', node.binDir, '--into', list, ...SYSCTL])
    expect(hasOwnEntry(list)).toBe(true)
  }
  await sleep(300)
  const text = readFileSync(list, 'utf8')
  expect(text.split('"netns-sysctl"')).toHaveLength(2)
  expect(text).toContain('"mtu": 6 ')
  for (const watcher of watchers) expect(await watcher.end()).toBe(0)
})

test('after a reboot everything comes in any order, and ends with the entry in place', async () => {
  const agent = () => byRename(list, textOf(1))
  const orders = [
    ['agent', 'watcher'],
    ['watcher', 'agent'],
    ['watcher', 'agent', 'agent'],
    ['agent', 'watcher', 'agent'],
  ] as const
  for (const order of orders) {
    for (const isOld of [true, false]) {
      rmSync(list, { force: true })
      if (isOld) writeFileSync(list, textOf(0))
      let watcher: ReturnType<typeof startWatcher> | undefined
      for (const who of order) {
        if (who === 'agent') agent()
        else watcher = startWatcher(node, ['--conf-dir', node.confDir, ...SYSCTL])
        await sleep(30)
      }
      await until(
        () => readFileSync(list, 'utf8').includes('"mtu": 1 ') && hasOwnEntry(list),
        () => `${order}: ${watcher?.stderr()}`,
      )
      expect(await watcher?.end()).toBe(0)
    }
  }
})
