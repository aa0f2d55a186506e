import * as vitest from 'vitest'

// Replaces vitest in test files: they are read once, and each of their tests runs again and again.

export const { expect, vi } = vitest

type Action = (...args: never[]) => unknown

/** A test of a file. */
export interface Collected {
  readonly name: string
  readonly run: () => Promise<void>
}

interface Suite {
  readonly before: Action[]
  readonly after: Action[]
}

const state: { collected: Collected[]; suites: Suite[] } = { collected: [], suites: [] }

/** The tests of what is loaded by `load`. */
export async function collect(load: () => Promise<unknown>): Promise<Collected[]> {
  state.collected = []
  state.suites = [{ before: [], after: [] }]
  await load()
  return state.collected
}

function addTest(name: string, ...rest: readonly unknown[]): void {
  const action = rest.find((each) => typeof each === 'function') as () => unknown
  const suites = [...state.suites]
  const run = async () => {
    for (const { before } of suites) for (const each of before) await (each as () => unknown)()
    try {
      await action()
    } finally {
      for (const { after } of suites) for (const each of after) await (each as () => unknown)()
    }
  }
  state.collected.push({ name: `${state.collected.length} ${name}`, run })
}

function addSuite(_: string, ...rest: readonly unknown[]): void {
  const action = rest.find((each) => typeof each === 'function') as () => void
  state.suites.push({ before: [], after: [] })
  action()
  state.suites.pop()
}

/** If every row of a table is a list, its items are the arguments of the test. */
function eachOf(add: (name: string, action: () => unknown) => void) {
  return (rows: readonly unknown[]) =>
    (name: string, ...rest: readonly unknown[]) => {
      const action = rest.find((each) => typeof each === 'function') as (...args: unknown[]) => unknown
      const isTable = rows.every(Array.isArray)
      for (const row of rows) add(name, () => action(...(isTable ? (row as unknown[]) : [row])))
    }
}

export const test = Object.assign(addTest, { each: eachOf(addTest) })
export const describe = Object.assign(addSuite, { each: eachOf(addSuite) })
export const beforeEach = (action: Action) => state.suites.at(-1)?.before.push(action)
export const afterEach = (action: Action) => state.suites.at(-1)?.after.push(action)
export const beforeAll = (action: Action) => (action as () => void)()
export const afterAll = () => undefined
