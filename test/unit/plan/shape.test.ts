import { describe, expect, test } from 'vitest'
import { lookAtTargets } from '../../../plugin/plan/look.ts'
import type { Write } from '../../../plugin/plan/plan.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, HOST, usualNetns } from '../../helpers/fake-os.ts'

const RANGE = 'net.ipv4.ip_local_port_range'

function look(name: string, value: string, more: Partial<Write> = {}) {
  const os = createFakeOs({ netns: { [HOST]: usualNetns() } })
  const subject = createSysctlSubject(parseSysctlKey(name))
  const write: Write = { subject, value, origin: 'network', onFailure: 'fail', ...more }
  const seek = () => lookAtTargets(os, [write]).map((target) => target.write.value)
  return { os, seek }
}

describe('a value that has not the form of what is there', () => {
  test.each([
    ['many', ''],
    ['5 # more', '; a comment cannot follow a value'],
    ['5;', '; a comment cannot follow a value'],
  ])('is refused before anything is written, and it is told what is there: %j', (value, hint) => {
    const { os, seek } = look(RANGE, value)
    expect(problemsOf(seek)).toEqual([
      {
        code: 2,
        msg: `${RANGE}: ${JSON.stringify(value)} must be 2 integers separated by blanks`,
        details: `nothing was written; it holds "32768 60999"${hint}`,
      },
    ])
    expect(os.stderr()).toBe('')
  })

  test('is left out where it may fail, and logged', () => {
    const { os, seek } = look(RANGE, 'many', { onFailure: 'log' })
    expect(seek()).toEqual([])
    expect(os.stderr()).toBe(
      `netns-sysctl: ${RANGE}: not set ("many" must be 2 integers separated by blanks), ignored because of its "-"\n`,
    )
  })

  test.each(['fail', 'log'] as const)('is written where only numbers are missing, and logged: %s', (onFailure) => {
    const { os, seek } = look(RANGE, '1024', { onFailure })
    expect(seek()).toEqual(['1024'])
    expect(os.stderr()).toBe(
      `netns-sysctl: ${RANGE}: "1024" sets only the first of 2 integers, the last one stays as before\n`,
    )
  })
})

test.each([
  ['is copied from the host', RANGE, { origin: 'host' }],
  ['is for what cannot be read', 'net.ipv4.route.flush', {}],
] as const)('a value that %s has no form to keep', (_, name, more) => {
  const { os, seek } = look(name, 'many', more)
  expect([seek(), os.stderr()]).toEqual([['many'], ''])
})
