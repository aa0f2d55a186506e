import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'

interface Plugin {
  readonly type: string
  readonly capabilities?: Readonly<Record<string, boolean>>
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

/** The request configuration that libcni makes of a plugin's entry in a conflist: buildOneConfig(). */
function injectInto(plugin: Plugin, { name, cniVersion }: ConfList): Readonly<Record<string, unknown>> {
  const prevResult = { ...PREV_RESULT, cniVersion }
  return { ...plugin, name, cniVersion, prevResult, ...(plugin.capabilities && { runtimeConfig }) }
}

describe('every example works', () => {
  let netns: Netns
  beforeEach(async () => {
    netns = await createNetns()
    addVeth(netns)
  })
  afterEach(() => netns.close())

  test.each(examples)('$file', ({ list }) => {
    const plugins = list.plugins.filter(({ type }) => type === 'netns-sysctl')
    expect(plugins).not.toHaveLength(0)
    for (const plugin of plugins) {
      const call = { stdin: JSON.stringify(injectInto(plugin, list)) }
      const added = outcomeOf(netns, 'ADD', call)
      expect(added).toEqual({ exitCode: 0, answer: { ...PREV_RESULT, cniVersion: list.cniVersion } })
      expect(outcomeOf(netns, 'CHECK', call)).toEqual({ exitCode: 0, answer: undefined })
      expect(outcomeOf(netns, 'DEL', call)).toEqual({ exitCode: 0, answer: undefined })
    }
  })
})

test('there are at least two examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(2)
})
