import type { Place } from '../../../json/positions.ts'
import { lineAndColumn } from '../../../json/syntax.ts'

/** A text, and the place of each character in its file; the text may be a string inside the file. */
export interface Text {
  readonly text: string
  readonly placeOf: (offset: number) => Place
}

/** The text of a whole file. */
export function wholeText(text: string): Text {
  return { text, placeOf: (offset) => lineAndColumn(text, offset) }
}

/**
 * The string at `start` of `outer`, in one of the forms of JSON and YAML: in quotes, as a block or plain.
 * The place of a character is found by following both texts: blanks may be folded, characters escaped.
 */
export function innerText(outer: Text, start: number, text: string): Text {
  return {
    text,
    placeOf: (offset) => outer.placeOf(walk(outer.text, contentStart(outer.text, start), text, offset)),
  }
}

/** Behind the quote, or the line with `|` or `>`. */
function contentStart(source: string, start: number): number {
  const first = source[start]
  if (first === '"' || first === "'") return start + 1
  if (first !== '|' && first !== '>') return start
  const newline = source.indexOf('\n', start)
  return newline < 0 ? source.length : newline + 1
}

/** The place in `source` of the character at `offset` of `text`. */
function walk(source: string, start: number, text: string, offset: number): number {
  let at = start
  for (let read = 0; ; read += 1) {
    const isBlank = /\s/.test(text[read] ?? '')
    // Indentation and folds: more blanks than the text has.
    if (!isBlank) at = skipBlanks(source, at, text, read)
    if (read >= offset || read >= text.length) return at
    at += isBlank ? blankLength(source, at) : characterLength(source, at, text[read] as string)
  }
}

function skipBlanks(source: string, at: number, text: string, read: number): number {
  const isInside = read === 0 || /\s/.test(text[read - 1] as string)
  let end = at
  while (isInside && /\s/.test(source[end] ?? '')) end += 1
  return end
}

/** One blank of the text: itself or an escape; none if a fold stands for several. */
function blankLength(source: string, at: number): number {
  if (/^\\[nrt ]/.test(source.slice(at, at + 2))) return 2
  return /\s/.test(source[at] ?? '') ? 1 : 0
}

function characterLength(source: string, at: number, character: string): number {
  if (source[at] === '\\') return source[at + 1] === 'u' ? 6 : source[at + 1] === 'x' ? 4 : 2
  return source.startsWith("''", at) && character === "'" ? 2 : 1
}
