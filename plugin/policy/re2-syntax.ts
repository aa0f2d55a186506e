import { type CharTest, readClass, readEscape, readNamedClass, testOfPoint } from './re2-class.ts'
import { createAssertion, createCharacter, createList, createRepetition, type Node } from './re2-node.ts'
import { PatternError, Reader } from './re2-reader.ts'
import { readRepetition } from './re2-repetition.ts'

/** Those of `imsU` that are on. `U` asks for the shortest match; whether there is a match does not depend on it. */
type Flags = ReadonlySet<string>

/** The depth of groups within groups; RE2 allows 1000. */
const MOST_DEPTH = 100

const DOT: CharTest = (point) => point !== 0x0a
const ANY: CharTest = () => true

/**
 * Parses a regular expression of RE2 as Go's regexp reads it (`syntax.Perl` of regexp/syntax). Throws PatternError for
 * what Go refuses, for groups nested deeper than 100, and for properties of Unicode that this engine does not know.
 */
export function parseRe2(text: string): Node {
  const reader = new Reader(text)
  const node = parseChoice({ reader, flags: new Set(), names: new Set(), depth: 0 })
  if (!reader.isAtEnd) throw new PatternError('has a ")" too many')
  return node
}

interface State {
  readonly reader: Reader
  readonly names: Set<string>
  flags: Flags
  depth: number
}

function parseChoice(state: State): Node {
  const parts = [parseSequence(state)]
  while (state.reader.eat('|')) parts.push(parseSequence(state))
  return createList('choice', parts)
}

function parseSequence(state: State): Node {
  const { reader } = state
  const parts: Node[] = []
  let wasRepetition = false
  while (!reader.isAtEnd && !reader.startsWith('|') && !reader.startsWith(')')) {
    const times = readRepetition(reader)
    if (times === undefined) {
      parts.push(...parseAtom(state))
      wasRepetition = false
      continue
    }
    if (wasRepetition) throw new PatternError('repeats a repetition')
    const part = parts.pop()
    if (part === undefined) throw new PatternError('has nothing before a repetition')
    parts.push(createRepetition(part, times))
    wasRepetition = true
  }
  return createList('sequence', parts)
}

/** Most of what patterns have: nothing but themselves. */
const ORDINARY = 'abcdefghijklmnopqrstuvwxyz_0123456789'

/** One part; none if it only sets flags, several for `\Q…\E`. */
function parseAtom(state: State): Node[] {
  const { reader, flags } = state
  if (ORDINARY.includes(reader.peek())) return [createLiteral(reader.take().charCodeAt(0), flags)]
  if (reader.eat('(')) return parseGroup(state)
  if (reader.eat('[')) return [createCharacter(readClass(reader, flags.has('i')))]
  if (reader.eat('.')) return [createCharacter(flags.has('s') ? ANY : DOT)]
  if (reader.eat('^')) return [createAssertion(flags.has('m') ? 'line start' : 'start')]
  if (reader.eat('$')) return [createAssertion(flags.has('m') ? 'line end' : 'end')]
  if (reader.eat('\\A')) return [createAssertion('start')]
  if (reader.eat('\\z')) return [createAssertion('end')]
  if (reader.eat('\\b')) return [createAssertion('word boundary')]
  if (reader.eat('\\B')) return [createAssertion('no word boundary')]
  if (reader.eat('\\Q')) {
    const quoted = reader.takeUntil('\\E') ?? reader.takeWhile(/^/)
    return [...quoted].map((each) => createLiteral(each.codePointAt(0) as number, flags))
  }
  const test = readNamedClass(reader, flags.has('i'))
  if (test !== undefined) return [createCharacter(test)]
  return [createLiteral(reader.eat('\\') ? readEscape(reader) : (reader.take().codePointAt(0) as number), flags)]
}

function parseGroup(state: State): Node[] {
  const { reader, flags } = state
  if (reader.eat('?') && !readGroupName(state)) {
    state.flags = readFlags(reader, flags)
    if (reader.eat(')')) return []
    if (!reader.eat(':')) throw new PatternError('has a "(?" of a kind that RE2 does not have')
  }
  state.depth += 1
  if (state.depth > MOST_DEPTH) throw new PatternError(`has groups nested deeper than ${MOST_DEPTH}`)
  const node = parseChoice(state)
  if (!reader.eat(')')) throw new PatternError('a ")" is missing')
  state.depth -= 1
  state.flags = flags
  return [node]
}

/** `P<name>` or `<name>` behind `(?`. */
function readGroupName({ reader, names }: State): boolean {
  if (!reader.eat('P<') && !reader.eat('<')) return false
  const name = reader.takeUntil('>')
  if (name === undefined || !/^\w+$/.test(name)) throw new PatternError('has a bad name of a group')
  if (names.has(name)) throw new PatternError(`has two groups of the name ${name}`)
  names.add(name)
  return true
}

function readFlags(reader: Reader, flags: Flags): Flags {
  const [on, off] = [reader.takeWhile(/[imsU]/), reader.eat('-') ? reader.takeWhile(/[imsU]/) : undefined]
  if (off === '') throw new PatternError('has a "(?-" without a flag')
  return new Set([...flags, ...on].filter((flag) => off?.includes(flag) !== true))
}

function createLiteral(point: number, flags: Flags): Node {
  return createCharacter(testOfPoint(point, flags.has('i')))
}
