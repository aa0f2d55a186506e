import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFailingOs } from '../helpers/failing-os.ts'
import { type Answered, type Asked, ask, CONTAINER, DATA_DIR } from '../helpers/requests.ts'
import { runs } from '../helpers/runs.ts'

// Several entries of the plugin in one chain, behind the network plugin: one attachment, and a configuration each.

const RUNS = runs(300)

const PATHS = ['/proc/sys/net/core/somaxconn', '/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv4/tcp_keepalive_time']
const NAMES = ['net.core.somaxconn', 'net.ipv4.ip_forward', 'net.ipv4.tcp_keepalive_time']
const ORIGINAL = ['4096', '0', '7200']
const LINKS = { '/proc/thread-self/net/dev': 'a\nb\n lo: 0\neth0: 0\neth1: 0\n' }

type Entry = Readonly<Record<string, number>>

const entry: fc.Arbitrary<Entry> = fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 3 }), {
  minKeys: 1,
})
/** Entries that ask the same are one. */
const chain = fc.uniqueArray(entry, { minLength: 2, maxLength: 4, selector: (each) => JSON.stringify(each) })

interface Run extends Pick<Asked, 'wrap'> {
  readonly ifName?: string
}

function run(command: string, sysctl: Entry, after: Answered | undefined, { wrap, ifName }: Run = {}): Answered {
  const env = ifName === undefined ? {} : { env: { CNI_IFNAME: ifName } }
  const asked = { conf: { sysctl }, ...env, ...(wrap !== undefined && { wrap }) }
  return ask(command, after === undefined ? { ...asked, container: LINKS } : { ...asked, after })
}

/** dataDir exists and is empty. */
const clean = () => run('DEL', {}, run('ADD', { [NAMES[0] as string]: 1 }, undefined))
const valuesOf = ({ os }: Answered) => PATHS.map((path) => os.textOf(CONTAINER, path))

/** The values while these entries are added: each from the last one that has set it. */
function expected(added: readonly Entry[]): (string | undefined)[] {
  return NAMES.map((name, index) => {
    const last = added.findLast((each) => name in each)
    return last === undefined ? ORIGINAL[index] : String(last[name])
  })
}

test('each DEL of a chain undoes what its own entry has set, and the last one leaves nothing', () => {
  fc.assert(
    fc.property(chain, fc.array(fc.boolean()), (entries, repeats) => {
      let last = clean()
      entries.forEach((each, index) => {
        for (let time = 0; time < (repeats[index] === true ? 2 : 1); time++) last = run('ADD', each, last)
        expect([last.exitCode, valuesOf(last)]).toEqual([0, expected(entries.slice(0, index + 1))])
      })
      for (const each of entries) expect(run('CHECK', each, last).stdout).toBe('')
      for (let index = entries.length - 1; index >= 0; index--) {
        // A runtime may repeat a request.
        for (let time = 0; time < 2; time++) {
          last = run('DEL', entries[index] ?? {}, last)
          if (index === 0 && time === 1) break
          expect([last.exitCode, valuesOf(last)]).toEqual([0, expected(entries.slice(0, index))])
        }
      }
      expect([valuesOf(last), last.os.list(DATA_DIR)]).toEqual([ORIGINAL, []])
    }),
    RUNS,
  )
})

test('whatever entries have changed since, been added or gone behind the first, the DELs leave nothing', () => {
  const other = fc.constantFrom(...NAMES).map((name): Entry => ({ [name]: 9 }))
  fc.assert(
    fc.property(chain, fc.array(other, { maxLength: 3 }), fc.boolean(), (entries, others, isChanged) => {
      let last = clean()
      for (const each of entries) last = run('ADD', each, last)
      const [head = {}] = entries
      for (const each of [isChanged ? { ...head, [NAMES[0] as string]: 8 } : head, ...others].toReversed()) {
        last = run('DEL', each, last)
      }
      expect([valuesOf(last), last.os.list(DATA_DIR)]).toEqual([ORIGINAL, []])
    }),
    RUNS,
  )
})

test('a kill at any moment of an ADD or a DEL of a chain leaves nothing after its DELs', () => {
  const kill = (at: number) => (os: Parameters<typeof createFailingOs>[0]) => createFailingOs(os, at).os
  fc.assert(
    fc.property(chain, fc.nat(), fc.nat({ max: 80 }), fc.boolean(), (entries, pick, at, isBeside) => {
      const sibling = { [NAMES[pick % 3] as string]: 9 }
      let last = isBeside ? run('ADD', sibling, clean(), { ifName: 'eth1' }) : clean()
      const killed = pick % (2 * entries.length)
      const steps = [
        ...entries.map((each) => ['ADD', each] as const),
        ...entries.toReversed().map((each) => ['DEL', each] as const),
      ]
      for (const [index, [command, each]] of steps.slice(0, killed + 1).entries()) {
        last = run(command, each, last, index === killed ? { wrap: kill(at) } : {})
      }
      for (const each of entries.toReversed()) last = run('DEL', each, last)
      if (isBeside) last = run('DEL', sibling, last, { ifName: 'eth1' })
      expect([valuesOf(last), last.os.list(DATA_DIR)]).toEqual([ORIGINAL, []])
    }),
    runs(1000),
  )
})
