import { afterAll, describe, expect, test } from 'vitest'
import {
  counts,
  ERRORS,
  ETH0,
  expectDelCleans,
  followedBy,
  forEachFault,
  KILL,
  onFresh,
  stateOf,
} from '../helpers/faults.ts'
import type { Asked } from '../helpers/requests.ts'

// The same for two entries in one chain.

afterAll(() => console.log(`${counts.faults} injected faults and ${counts.kills} kills`))

/** The other entry of ETH0's chain. */
const SECOND: Asked = { conf: { sysctl: { 'net.core.somaxconn': 3, 'net.ipv4.tcp_keepalive_time': 8 } } }

describe('behind another entry of the same chain', () => {
  const before = () => onFresh('ADD', ETH0)
  const added = () => followedBy('ADD', SECOND, before())

  test('an ADD that fails has changed nothing, and each entry is undone by its DEL', () => {
    forEachFault('ADD', SECOND, before, ERRORS, ({ failed, was, what }) => {
      if (failed.exitCode === 1) expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
      else expect([what, ...stateOf(failed).values]).toEqual([what, '3', '1', '8'])
      expectDelCleans(failed, what, [SECOND, ETH0])
    })
  })

  test.each([[KILL], [ERRORS]])(
    'a DEL that fails or is killed is finished, and the other entry has its values',
    (ways) => {
      forEachFault('DEL', SECOND, added, ways, ({ failed, what }) => {
        const second = followedBy('DEL', SECOND, failed)
        expect([what, ...stateOf(second).values]).toEqual([what, '1', '1', '7200'])
        expectDelCleans(second, what, [ETH0])
      })
    },
  )

  test('an ADD that is killed is undone by the DELs of both', () => {
    forEachFault('ADD', SECOND, before, KILL, ({ failed, what }) => expectDelCleans(failed, what, [SECOND, ETH0]))
  })
})
