import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { settableTxQLen } from '../helpers/links.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { some } from '../helpers/some.ts'

interface Plugin {
  readonly type: string
  readonly capabilities?: Readonly<Record<string, boolean>>
  readonly txQLen?: number
  readonly first?: boolean
}

interface ConfList {
  readonly cniVersion: string
  readonly name: string
  readonly plugins: readonly Plugin[]
}

const FOLDER = join(import.meta.dirname, '../../conf-examples')
const examples = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.conflist'))
  .map((file) => ({ file, list: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as ConfList }))

const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': null }

/** The request configuration that libcni makes of a plugin's entry in a conflist, buildOneConfig(), with a dataDir. */
function injectInto(plugin: Plugin, { name, cniVersion }: ConfList, dataDir: string): string {
  const prevResult = { ...PREV_RESULT, cniVersion }
  return JSON.stringify({
    ...plugin,
    ...(plugin.txQLen !== undefined && { txQLen: settableTxQLen(plugin.txQLen) }),
    dataDir,
    name,
    cniVersion,
    ...(plugin.first !== true && { prevResult }),
    ...(plugin.capabilities && { runtimeConfig }),
  })
}

describe('every example works', () => {
  let netns: Netns
  beforeEach(async () => {
    netns = await createNetns()
    addVeth(netns)
  })
  afterEach(() => netns.close())

  test.each(some(examples, 'examples'))('$file', ({ list }) => {
    const plugins = list.plugins.filter(({ type }) => type === 'netns-sysctl')
    expect(plugins).not.toHaveLength(0)
    for (const plugin of plugins) {
      const dataDir = newDataDir()
      const call = { stdin: injectInto(plugin, list, dataDir) }
      const added = outcomeOf(netns, 'ADD', call)
      const given = plugin.first ? { interfaces: [], ips: [], routes: [], dns: {} } : PREV_RESULT
      expect(added).toEqual({ exitCode: 0, answer: { ...given, cniVersion: list.cniVersion } })
      // CHECK came with 0.4.0.
      if (list.cniVersion >= '0.4.0') {
        expect(outcomeOf(netns, 'CHECK', call)).toEqual({ exitCode: 0, answer: undefined })
      }
      expect(namesIn(dataDir)).toEqual([`c1/${list.name}@eth0${plugin.first ? '@first' : ''}.json`])
      expect(outcomeOf(netns, 'DEL', call)).toEqual({ exitCode: 0, answer: undefined })
      expect(namesIn(dataDir)).toEqual([])
    }
  })
})

test('there is an example of each', () => {
  const names = ['first', 'inherit', 'per-interface', 'pod-annotations', 'profiles', 'restore-on-del', 'web-server']
  expect(examples.map(({ file }) => file)).toEqual(expect.arrayContaining(names.map((name) => `${name}.conflist`)))
})
