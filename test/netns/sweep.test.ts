import { afterAll, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, isRoot, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { everyWritable, tryValues } from '../helpers/writable.ts'

/** Values by the names of sysctls, in the order of the tree. */
type Values = ReadonlyMap<string, string>

// The second one is for trying which values the kernel accepts.
const [netns, trial] = await Promise.all([createNetns(), createNetns()])
afterAll(() => Promise.all([netns.close(), trial.close()]))
addVeth(netns)
addVeth(trial)

/** In a user namespace it has groups without a number there, which cannot be written back. */
const OF_OTHER_GROUPS = isRoot ? undefined : 'net.ipv4.ping_group_range'

/** Every sysctl that can be written and holds integers. */
function readIntegers(from: Netns): Values {
  const isTried = (name: string) => name !== OF_OTHER_GROUPS
  return new Map([...everyWritable(from)].filter(([name, value]) => /^-?\d+(\s+-?\d+)*$/.test(value) && isTried(name)))
}

/** Each single integer plus one, if the kernel accepts it. */
function oneMore(values: Values): Values {
  const single = [...values].filter(([, value]) => !/\s/.test(value))
  const more = new Map(single.map(([name, value]) => [name, String(BigInt(value) + 1n)]))
  const taken = tryValues(trial, more).filter(({ after }) => after !== undefined)
  return new Map(taken.map(({ name }) => [name, more.get(name) as string]))
}

/** Runs ADD and CHECK of all values at once; returns those in which CHECK finds a difference. */
function addAndCheck(values: Values): Values {
  const call = { conf: { sysctl: Object.fromEntries(values) } }
  expect(outcomeOf(netns, 'ADD', call)).toEqual({ exitCode: 0, answer: PREV_RESULT })
  const { exitCode, answer } = outcomeOf(netns, 'CHECK', call)
  if (exitCode === 0) return new Map()
  const different = (answer as { msg: string }).msg.split('; ').map((difference) => difference.replace(/: .*/, ''))
  expect(different).not.toHaveLength(0)
  return new Map(different.map((name) => [name, values.get(name) as string]))
}

describe('a CHECK right after an ADD of every integer sysctl finds no difference', () => {
  const current = readIntegers(netns)

  test('with the values that they have', () => {
    expect(current.size).toBeGreaterThan(200)
    expect(addAndCheck(current)).toEqual(new Map())
  })

  test('with one more', () => {
    const values = oneMore(current)
    expect(values.size).toBeGreaterThan(200)
    // Some are two views of one value, or set others; alone, each must have the written value.
    const different = addAndCheck(values)
    expect(different.size).toBeLessThan(values.size / 4)
    const alone = [...different].map((entry) => [entry[0], addAndCheck(new Map([entry])).size])
    expect(alone.filter(([, differences]) => differences !== 0)).toEqual([])
  })
})
