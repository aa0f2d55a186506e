import { catchKind } from '../os/as-kind.ts'
import { PatternError, type Reader } from './re2-reader.ts'

/** Whether a code point belongs to a class. */
export type CharTest = (point: number) => boolean

type Range = readonly [first: number, last: number]

/** The last code point of Unicode. */
const LAST_POINT = 0x10ffff

/** The letters that mean a class after a backslash; a capital letter is the complement. `\s` has no vertical tab. */
const PERL: Readonly<Record<string, string>> = { d: '0-9', s: '\\t\\n\\f\\r ', w: '0-9A-Za-z_' }

const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 }

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t-\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
}

/** The class whose `[` has just been read. Throws PatternError. */
export function readClass(reader: Reader, isFolding: boolean): CharTest {
  const isNegated = reader.eat('^')
  const ranges: Range[] = []
  const tests: CharTest[] = []
  for (let isFirst = true; isFirst || reader.peek() !== ']'; isFirst = false) {
    if (reader.isAtEnd) throw new PatternError('a "]" is missing')
    const test = readPosix(reader, isFolding) ?? readNamedClass(reader, isFolding)
    if (test === undefined) ranges.push(readRange(reader))
    else tests.push(test)
  }
  reader.take()
  tests.push(testOfRanges(ranges, isFolding))
  return (point) => tests.some((test) => test(point)) !== isNegated
}

/** A class with a name, `\d` or `\p{Greek}`, outside or inside of brackets; undefined if something else is next. */
export function readNamedClass(reader: Reader, isFolding: boolean): CharTest | undefined {
  const start = reader.place
  if (!reader.eat('\\')) return undefined
  const letter = reader.take()
  const perl = PERL[letter.toLowerCase()]
  if (perl !== undefined) return testOf(`[${perl}]`, isFolding, letter !== letter.toLowerCase())
  if (letter === 'p' || letter === 'P') return readUnicodeClass(reader, isFolding, letter === 'P')
  reader.goTo(start)
  return undefined
}

/** One code point; with `(?i)` also those that Unicode's simple folding makes equal. */
export function testOfPoint(point: number, isFolding: boolean): CharTest {
  if (!isFolding) return (other) => other === point
  const [lower, upper] = [point | 0x20, point & ~0x20]
  // Beyond ASCII only the signs of kelvin and the long s fold to letters of ASCII.
  const isSimple = lower >= 0x61 && lower <= 0x7a && lower !== 0x6b && lower !== 0x73
  return isSimple ? (other) => other === lower || other === upper : testOfRanges([[point, point]], true)
}

/** The code point of an escape whose backslash has just been read. Throws PatternError. */
export function readEscape(reader: Reader): number {
  const letter = reader.take()
  if (letter === '') throw new PatternError('ends with a backslash')
  const control = CONTROLS[letter]
  if (control !== undefined) return control
  if (letter === 'x') return readHex(reader)
  if (/[0-7]/.test(letter)) {
    const more = reader.takeWhile(/[0-7]/, 2)
    if (letter === '0' || more !== '') return Number.parseInt(letter + more, 8)
    throw new PatternError(`has a back-reference, \\${letter}, which RE2 does not have`)
  }
  if (/[\x00-\x7f]/.test(letter) && !/[a-zA-Z0-9]/.test(letter)) return letter.charCodeAt(0)
  throw new PatternError(`has the escape \\${letter}, which RE2 does not have`)
}

function readHex(reader: Reader): number {
  const isBraced = reader.eat('{')
  const digits = reader.takeWhile(/[0-9a-fA-F]/, isBraced ? 8 : 2)
  const point = Number.parseInt(digits, 16)
  const isWhole = isBraced ? reader.eat('}') : digits.length === 2
  if (isWhole && point <= LAST_POINT) return point
  throw new PatternError('has a bad \\x')
}

function readRange(reader: Reader): Range {
  const first = readPoint(reader)
  const start = reader.place
  if (!reader.eat('-')) return [first, first]
  if (reader.peek() === ']' || reader.isAtEnd) {
    reader.goTo(start)
    return [first, first]
  }
  const last = readPoint(reader)
  if (last >= first) return [first, last]
  throw new PatternError('has a range from a greater character to a smaller one')
}

function readPoint(reader: Reader): number {
  return reader.eat('\\') ? readEscape(reader) : (reader.take().codePointAt(0) as number)
}

function readPosix(reader: Reader, isFolding: boolean): CharTest | undefined {
  if (!reader.eat('[:')) return undefined
  const start = reader.place
  const name = reader.takeUntil(':]')
  if (name === undefined) {
    reader.goTo(start - 2)
    return undefined
  }
  const isNegated = name.startsWith('^')
  const plain = isNegated ? name.slice(1) : name
  if (Object.hasOwn(POSIX, plain)) return testOf(`[${POSIX[plain]}]`, isFolding, isNegated)
  throw new PatternError(`has the class [:${name}:], which RE2 does not have`)
}

/** `\pN` has one letter, `\p{…}` the name of a general category or of a script; `^` before the name negates. */
function readUnicodeClass(reader: Reader, isFolding: boolean, isNegated: boolean): CharTest {
  const name = reader.eat('{') ? (reader.takeUntil('}') ?? '') : reader.take()
  const isComplement = name.startsWith('^')
  const plain = isComplement ? name.slice(1) : name
  const property = plain.length <= 2 || plain === 'Any' ? plain : `Script=${plain}`
  const test = catchKind(SyntaxError, () => testOf(`\\p{${property}}`, isFolding, isNegated !== isComplement))
  if (typeof test === 'function') return test
  throw new PatternError(`has the class \\p{${name}}, which is not known`)
}

function testOfRanges(ranges: readonly Range[], isFolding: boolean): CharTest {
  if (!isFolding) return (point) => ranges.some(([first, last]) => first <= point && point <= last)
  const written = (point: number) => `\\u{${point.toString(16)}}`
  return testOf(`[${ranges.map(([first, last]) => `${written(first)}-${written(last)}`).join('')}]`, true, false)
}

/** By the engine's own regular expressions, which know Unicode. With one code point they cannot become slow. */
function testOf(source: string, isFolding: boolean, isNegated: boolean): CharTest {
  const regexp = new RegExp(`^${source}$`, isFolding ? 'iu' : 'u')
  return (point) => regexp.test(String.fromCodePoint(point)) !== isNegated
}
