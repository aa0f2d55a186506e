import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readStdin } from '../../plugin/config/stdin.ts'
import { findMemberText, isSurelyWhole } from '../../plugin/json/glance.ts'
import { scanJson } from '../../plugin/json/scan.ts'
import { jsonText } from '../helpers/arbitraries.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(3000)

/** Few names, so that some are given twice; as short as JSON can be, with a blank here and there. */
const { compact } = fc.letrec<{ compact: string; object: string }>((tie) => ({
  compact: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('1', '-0', '1.0', 'null', '""', '":"', '"\\""', '" "', '"a"', '"prevResult"'),
    fc.array(tie('compact'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    tie('object'),
  ),
  object: fc
    .array(
      fc.tuple(
        fc.constantFrom('"a"', '"b"', '":"', '"\\u0061"', '"prevResult"', '"PREVRESULT"', '"prevResul\\u0074"'),
        fc.constantFrom(':', ':', ':', ' :', ': ', '\n:'),
        tie('compact'),
      ),
      { maxLength: 4 },
    )
    .map((members) => `{${members.map((parts) => parts.join('')).join(',')}}`),
}))

function hasRepeated(text: string): boolean {
  let isFound = false
  scanJson(text, ({ isRepeated }) => {
    isFound ||= isRepeated
  })
  return isFound
}

test.each([
  ['compact JSON', compact],
  ['any JSON', jsonText],
])('%s that is surely whole gives no member twice', (_, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      if (isSurelyWhole(text, JSON.parse(text))) expect(hasRepeated(text)).toBe(false)
    }),
    RUNS,
  )
})

test('a glance is enough for what JSON.stringify writes, without escapes and with a letter at the start of each string', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: true }), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!/\\|" |(^|[[{:,])":/.test(text))
      expect(isSurelyWhole(text, JSON.parse(text))).toBe(true)
    }),
    RUNS,
  )
})

test('what is read of stdin is what a look at every member tells', () => {
  const objects = compact.filter((text) => text.startsWith('{'))
  fc.assert(
    fc.property(objects, (text) => {
      const spellings = new Map<string, string>()
      const repeated: string[] = []
      scanJson(text, ({ name, depth, isRepeated, value, path }) => {
        if (isRepeated) repeated.push(path().join('.'))
        if (depth === 1) spellings.set(name, text.slice(value.start, value.end))
      })
      const { object, inspect } = readStdin({ readStdin: () => text })
      const remarks = inspect?.()
      const prevResultText = spellings.get('prevResult') ?? spellings.get('PREVRESULT')
      if (repeated.length === 0) expect(remarks?.prevResultText).toBe(prevResultText)
      expect(remarks?.repeated.length).toBe(Math.min(repeated.length, 20))
      expect(object).toEqual(JSON.parse(text))
    }),
    RUNS,
  )
})

test('the text of a member is found only where it is that of the outermost object', () => {
  const members = fc.tuple(compact, compact).map(([other, value]) => [`"a":${other}`, `"prevResult":${value}`] as const)
  fc.assert(
    fc.property(members, fc.boolean(), ([other, member], isFirst) => {
      const text = isFirst ? `{${member},${other}}` : `{${other},${member}}`
      const { prevResult } = JSON.parse(text) as { prevResult: unknown }
      fc.pre(typeof prevResult === 'object' && prevResult !== null)
      const found = findMemberText(text, 'prevResult', prevResult)
      if (found !== undefined) expect(`"prevResult":${found}`).toBe(member)
    }),
    RUNS,
  )
})
