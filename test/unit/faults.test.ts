import { afterAll, describe, expect, test } from 'vitest'
import {
  counts,
  ERRORS,
  ETH0,
  ETH1,
  expectDelCleans,
  followedBy,
  forEachFault,
  KILL,
  onFresh,
  stateOf,
} from '../helpers/faults.ts'
import type { Answered } from '../helpers/requests.ts'

// Each call of the seam fails once in each way, and a kill comes before each; after each, the promises must hold.

afterAll(() => console.log(`${counts.faults} injected faults and ${counts.kills} kills`))

const PASSING = /ENOMEM|EMFILE|EAGAIN|EINTR/

/** The code of the error document; undefined if there is none. */
function codeOf({ answer }: Answered): unknown {
  return (answer as { code?: unknown } | undefined)?.code
}

/** The state before the command, made again each time. */
const BEFORE: Readonly<Record<string, () => Answered>> = {
  alone: () => onFresh('VERSION', {}),
  'after an ADD of its own': () => onFresh('ADD', ETH0),
  'beside an earlier attachment': () => onFresh('ADD', ETH1),
  'after an ADD of its own, beside a later attachment': () => followedBy('ADD', ETH1, onFresh('ADD', ETH0)),
  'after an ADD of its own, beside an earlier attachment': () => followedBy('ADD', ETH0, onFresh('ADD', ETH1)),
}

const ORDERS = [[[ETH0, ETH1]], [[ETH1, ETH0]]]

describe.each(Object.entries(BEFORE))('%s', (_, before) => {
  test('an ADD that fails has changed nothing, and one that succeeds is undone by DEL', () => {
    forEachFault('ADD', ETH0, before, ERRORS, ({ failed, was, what }) => {
      const { values, records } = stateOf(failed)
      if (failed.exitCode === 1) expect({ what, values, records }).toEqual({ what, ...was })
      else expect([what, values.slice(0, 2)]).toEqual([what, ['1', '1']])
      expectDelCleans(failed, what, [ETH0, ETH1])
    })
  })

  test.each(ORDERS)('an ADD that is killed is undone by the DELs that follow', (order) => {
    forEachFault('ADD', ETH0, before, KILL, ({ failed, what }) => expectDelCleans(failed, what, order))
  })

  test.each(ORDERS)('a DEL that is killed is finished by those that follow', (order) => {
    forEachFault('DEL', ETH0, before, KILL, ({ failed, what }) => expectDelCleans(failed, what, order))
  })

  test('a DEL that fails leaves its record, and the next one finishes it', () => {
    forEachFault('DEL', ETH0, before, ERRORS, ({ failed, what }) => {
      const code = codeOf(failed)
      // A lasting failure makes a DEL fail only if its request cannot be read.
      if (code !== undefined) expect({ what, code }).toEqual({ what, code: PASSING.test(what) ? 11 : 5 })
      if (code === 5) expect(what).toMatch(/readStdin/)
      expectDelCleans(failed, what, [ETH0, ETH1])
    })
  })

  test('a CHECK never takes what it cannot read for a difference, and changes nothing', () => {
    forEachFault('CHECK', ETH0, before, ERRORS, ({ failed, was, what }) => {
      expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
      const isAdded = Object.keys(was.records).some((path) => path.includes('net1@'))
      expect({ what, isWrong: isAdded && codeOf(failed) === 102 }).toEqual({ what, isWrong: false })
    })
  })

  test.each([[KILL], [ERRORS]])('GC never loses the record of a valid attachment', (ways) => {
    const valid = { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }
    forEachFault('GC', { conf: valid }, before, ways, ({ failed, was, what }) => {
      expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
      expect({ what, code: codeOf(failed) ?? 5 }).toEqual({ what, code: 5 })
    })
  })

  test('STATUS changes nothing', () => {
    forEachFault('STATUS', ETH0, before, [...KILL, ...ERRORS], ({ failed, was, what }) => {
      expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
    })
  })
})
