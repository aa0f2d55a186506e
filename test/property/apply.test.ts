import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FakeFile, refuse } from '../helpers/fake-os.ts'
import { ask, CONTAINER, RECORD } from '../helpers/requests.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(500)

interface Sysctl {
  readonly before: string
  readonly wanted: string
}

const one = fc.constantFrom('0', '1', '2', '16', '0x10', '4096')
const two = fc.constantFrom('1\t2', '0\t4096')
const value = fc.oneof(one, two, fc.constant(''))

/** The wanted value has the form of the present one; if that is not integers, any form. */
const sysctl = fc.oneof(
  fc.record({ before: one, wanted: one }),
  fc.record({ before: two, wanted: two }),
  fc.record({ before: fc.constantFrom('', 'cubic'), wanted: value }),
)

const sysctls = fc.array(sysctl, { minLength: 1, maxLength: 8 })

/** Values that a refused write may leave behind. */
const kept = fc.option(
  value.map((text) => `${text}\n`),
  { nil: undefined },
)

const pathOf = (index: number) => `/proc/sys/net/test/s${index}`
const nameOf = (index: number) => `net.test.s${index}`

/** Files whose kernel refuses the write number `nth`, counted from 0 over all of them. */
function createKernel(all: readonly Sysctl[], nth: number, left?: string): Record<string, FakeFile> {
  let writes = 0
  const accept = (text: string) => (writes++ === nth ? refuse('EINVAL', left) : text)
  return Object.fromEntries(all.map(({ before }, index) => [pathOf(index), { text: `${before}\n`, accept }]))
}

function add(all: readonly Sysctl[], container: Record<string, FakeFile>, prefix: (index: number) => string) {
  const sysctl = Object.fromEntries(all.map(({ wanted }, index) => [`${prefix(index)}${nameOf(index)}`, wanted]))
  const { exitCode, answer, os } = ask('ADD', { conf: { sysctl }, container })
  return { exitCode, answer, values: all.map((_, index) => os.textOf(CONTAINER, pathOf(index))), writes: os.writes }
}

test('an ADD that fails leaves every value as it was, and names the sysctl that failed', () => {
  fc.assert(
    fc.property(sysctls, fc.nat(), kept, (all, number, left) => {
      const nth = number % all.length
      const { exitCode, answer, values } = add(all, createKernel(all, nth, left), () => '')
      expect(exitCode).toBe(1)
      expect(answer).toMatchObject({
        code: 101,
        msg: expect.stringContaining(`${nameOf(nth)}: the kernel refuses`),
        details: 'everything written before was put back',
      })
      expect(values).toEqual(all.map(({ before }) => before))
    }),
    RUNS,
  )
})

test('an ADD that succeeds has written every value, in order', () => {
  fc.assert(
    fc.property(sysctls, (all) => {
      const { exitCode, values, writes } = add(all, createKernel(all, -1), () => '')
      expect(exitCode).toBe(0)
      expect(values).toEqual(all.map(({ wanted }) => wanted))
      expect(writes).toEqual([
        `${RECORD} replaced`,
        ...all.map(({ wanted }, index) => `${CONTAINER} ${pathOf(index)} ${wanted}`),
      ])
    }),
    RUNS,
  )
})

test('a refused write that may fail leaves its own value as it was, and the others are written', () => {
  fc.assert(
    fc.property(sysctls, fc.nat(), kept, (all, number, left) => {
      const nth = number % all.length
      const { exitCode, values } = add(all, createKernel(all, nth, left), (index) => (index === nth ? '-' : ''))
      expect(exitCode).toBe(0)
      expect(values).toEqual(all.map(({ before, wanted }, index) => (index === nth ? before : wanted)))
    }),
    RUNS,
  )
})
