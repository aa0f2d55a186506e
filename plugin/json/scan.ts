import type { Item, Member, Step } from './member.ts'
import { JsonSyntaxError, unexpected } from './syntax.ts'
/** Much deeper than any request, and safe for every engine's JSON.parse. */
export const MAX_DEPTH = 500

interface Container {
  /** For an object: the names that were read so far. */
  readonly names: Set<string> | undefined
  /** The name or index of the value that is being read; -1 before the first item of an array. */
  step: Step
  nameStart: number
  valueStart: number
}

const SPACE = /[ \t\n\r]*/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
/** With an upper bound, because engines remember every repetition. */
const ESCAPES = /(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]{0,64}){1,256}/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const WORD = /true|false|null/y

/**
 * Reads a JSON text without building its value, and calls `onMember` at the end of every member of every object, so
 * that repeated names can be found, which JSON.parse drops silently; `onItem` likewise for the items of arrays. No
 * recursion: nesting costs no stack.
 * Throws {@link JsonSyntaxError} with a text that is the same on every engine.
 */
export function scanJson(text: string, onMember: (member: Member) => void, onItem?: (item: Item) => void): void {
  scan(text, onMember, onItem, true)
}

/**
 * The same without finding repeated names, in time proportional to the length of the text. QuickJS's hashes are not
 * seeded, so somebody who chooses the names can make a set slow.
 */
export function scanNames(text: string, onMember: (member: Member) => void): void {
  scan(text, onMember, undefined, false)
}

function scan(
  text: string,
  onMember: (member: Member) => void,
  onItem: ((item: Item) => void) | undefined,
  tellsRepeated: boolean,
): void {
  const open: Container[] = []
  let at = skip(SPACE, text, 0)
  for (;;) {
    at = scanValueStart(text, at, open)
    // A value has just ended, or a container was opened that is not empty.
    for (;;) {
      const container = open.at(-1)
      if (container === undefined) {
        expectEnd(text, skip(SPACE, text, at))
        return
      }
      if (container.valueStart === at) break
      if (container.names !== undefined) onMember(endMember(open, container, at, tellsRepeated))
      else onItem?.(endItem(open, container, at))
      at = skip(SPACE, text, at)
      const close = container.names === undefined ? ']' : '}'
      if (text[at] === ',') {
        at = scanStep(text, skip(SPACE, text, at + 1), container)
        break
      }
      if (text[at] !== close) throw unexpected(text, at, `"," or "${close}"`)
      open.pop()
      at += 1
    }
  }
}

/** Reads a scalar or an empty container to its end, or opens a container up to its first value. */
function scanValueStart(text: string, at: number, open: Container[]): number {
  const first = text[at]
  if (first !== '{' && first !== '[') return scanScalar(text, at)
  if (open.length === MAX_DEPTH) throw new JsonSyntaxError(`is nested deeper than ${MAX_DEPTH} levels`, at)
  const isObject = first === '{'
  const inside = skip(SPACE, text, at + 1)
  if (text[inside] === (isObject ? '}' : ']')) return inside + 1
  const names = isObject ? new Set<string>() : undefined
  const container: Container = { names, step: -1, nameStart: inside, valueStart: inside }
  open.push(container)
  return scanStep(text, inside, container)
}

/** Reads up to where the next value of a container starts: over a name and its colon in an object. */
function scanStep(text: string, at: number, container: Container): number {
  let valueStart = at
  if (container.names !== undefined) {
    if (text[at] !== '"') throw unexpected(text, at, 'a name in double quotes')
    const end = scanString(text, at)
    const colon = skip(SPACE, text, end)
    if (text[colon] !== ':') throw unexpected(text, colon, '":"')
    container.step = text.slice(at + 1, end - 1)
    if (container.step.includes('\\')) container.step = JSON.parse(text.slice(at, end)) as string
    container.nameStart = at
    valueStart = skip(SPACE, text, colon + 1)
  } else {
    container.step = (container.step as number) + 1
  }
  container.valueStart = valueStart
  return valueStart
}

function endMember(open: readonly Container[], container: Container, end: number, tellsRepeated: boolean): Member {
  const name = container.step as string
  const isRepeated = tellsRepeated && container.names?.has(name) === true
  if (tellsRepeated) container.names?.add(name)
  return { ...endItem(open, container, end), name, isRepeated, nameStart: container.nameStart }
}

function endItem(open: readonly Container[], { valueStart }: Container, end: number): Item {
  return { depth: open.length, value: { start: valueStart, end }, path: () => open.map(({ step }) => step) }
}

function scanScalar(text: string, at: number): number {
  if (text[at] === '"') return scanString(text, at)
  const end = Math.max(skip(NUMBER, text, at), skip(WORD, text, at))
  if (end === at) throw unexpected(text, at, 'a value')
  return end
}

function scanString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    at = skip(PLAIN, text, at)
    if (text[at] === '"') return at + 1
    if (at >= text.length) throw new JsonSyntaxError('ends within a string', start)
    const end = skip(ESCAPES, text, at)
    if (end === at) throw unexpected(text, at, 'a character that a string may have')
    at = end
  }
}

function expectEnd(text: string, at: number): void {
  if (at < text.length) throw unexpected(text, at, 'the end')
}

/** The offset behind the match of the sticky `pattern` at `at`; `at` itself if it does not match. */
function skip(pattern: RegExp, text: string, at: number): number {
  // Most often there is nothing to skip.
  if (pattern === SPACE && text.charCodeAt(at) > 0x20) return at
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
