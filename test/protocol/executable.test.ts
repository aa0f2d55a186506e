import { afterAll, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'
import { CASES } from './cases.ts'
import { BASE, fillIn } from './protocol-case.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth0.100')

describe.each(Object.entries(CASES))('the executable keeps to the protocol: %s', (_, cases) => {
  test.each(cases)('$name', ({ command, before: changes, exitCode, stdout, after, ...call }) => {
    const before = { ...BASE, ...changes }
    writeSysctls(netns, before)

    const outcome = outcomeOf(netns, command, call)

    expect(outcome).toEqual({ exitCode, answer: fillIn(stdout, netns.path) })
    expect(readSysctls(netns, Object.keys(before))).toEqual({ ...before, ...after })
  })
})
