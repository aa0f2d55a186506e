import fc from 'fast-check'

const BLANK = fc.constantFrom('', '', '', ' ', '\n', '\t ', '\r\n')

/** Numbers as JSON writes them; some do not fit into a JavaScript number. */
const NUMBER = fc.oneof(
  fc.constantFrom('0', '-0', '1E2', '1.50', '-1e-7', '12345678901234567890', '0.1e+400', '9007199254740993'),
  fc.integer().map(String),
)

const STRING = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('""', '"\\u0061\\/"', '"\\ud800"', '"\u2028"', '"__proto__"', '"cniVersion"', '"}"'),
)

const { tree } = fc.letrec<{ tree: string; list: string; object: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(NUMBER, STRING, fc.constantFrom('true', 'false', 'null')),
    tie('list'),
    tie('object'),
  ),
  list: fc
    .tuple(BLANK, fc.array(tie('tree'), { maxLength: 4 }))
    .map(([blank, items]) => formatList('[]', items, blank)),
  object: fc.tuple(BLANK, membersOf(tie('tree'))).map(([blank, members]) => formatMembers(members, blank)),
}))

/** A member of an object as its texts: the name, in quotes, and the value. */
export type MemberText = readonly [name: string, value: string]

/** The text of a JSON value, with blanks in odd places. */
export const jsonText: fc.Arbitrary<string> = fc.tuple(BLANK, tree, BLANK).map((parts) => parts.join(''))

/** The members of an object, each name once. */
export const jsonMembers: fc.Arbitrary<MemberText[]> = membersOf(tree)

export const blank: fc.Arbitrary<string> = BLANK

/** The text of an object of these members. */
export function formatMembers(members: readonly MemberText[], between: string): string {
  const items = members.map(([name, value]) => `${name}${between}:${between}${value}`)
  return formatList('{}', items, between)
}

function formatList([open, close]: string, items: readonly string[], between: string): string {
  return `${open}${between}${items.join(`${between},${between}`)}${between}${close}`
}

function membersOf(value: fc.Arbitrary<string>): fc.Arbitrary<MemberText[]> {
  return fc.uniqueArray(fc.tuple(STRING, value), { maxLength: 5, selector: ([name]) => JSON.parse(name) as string })
}

/** The text with a part cut out, doubled, or replaced by difficult characters. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 5 }),
    put: fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      'e',
      '.',
      'null',
      '\u0000',
      '\ufeff',
      '\n',
    ),
    twice: fc.boolean(),
  })
  return fc.tuple(text, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([start, edits]) =>
    edits.reduce((current, { at, length, put, twice }) => {
      const from = at % (current.length + 1)
      const cut = current.slice(from, from + length)
      return `${current.slice(0, from)}${twice ? cut + cut : put}${current.slice(from + length)}`
    }, start),
  )
}

/** Texts from random bytes, and some that look like JSON. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.string({ unit: 'binary', maxLength: 64 }),
  fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n0-1.eEtruefalsn'), maxLength: 32 }),
)
