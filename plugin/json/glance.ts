import { MAX_DEPTH } from './scan.ts'

/** With escapes a quote need not end a string, and with blanks a colon need not follow a name directly. */
const UNUSUAL = ['\\', '\n', '\r', '\t', '" ']

/**
 * Whether a quick look shows that `value`, which JSON.parse has made from `text`, has a member for every name in
 * the text (so none was given twice), and is not nested deeper than {@link MAX_DEPTH}. False if that needs
 * {@link scanJson}, which is some 20 times slower.
 */
export function isSurelyWhole(text: string, value: unknown): boolean {
  // Then a quote and a colon are the end of a name, or rarely the start of a string: there are never too few of them.
  return UNUSUAL.every((part) => countOf(text, part) === 0) && countOf(text, '":') === countMembers(value, 0)
}

/** Whether `value`, which JSON.parse has made from `text`, is nested deeper than {@link MAX_DEPTH}. */
export function isTooDeep(text: string, value: unknown): boolean {
  // Each level has a bracket, and most texts have too few of them.
  const most = MAX_DEPTH + 1
  return countOf(text, '{', most) + countOf(text, '[', most) > MAX_DEPTH && Number.isNaN(countMembers(value, 0))
}

/** The text of the outermost object's member `name` with the value `value`, if it is as JSON.stringify writes it. */
export function findMemberText(text: string, name: string, value: object): string | undefined {
  const quoted = JSON.stringify(name)
  const json = JSON.stringify(value)
  const [, behind, more] = text.split(quoted, 3)
  return more === undefined && behind?.startsWith(`:${json}`) ? json : undefined
}

/** How often `part` occurs, up to `most` times. QuickJS splits a text much faster than it searches one. */
function countOf(text: string, part: string, most?: number): number {
  return text.split(part, most && most + 1).length - 1
}

/** The number of members of all objects; NaN if it is nested deeper than {@link MAX_DEPTH}. */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === MAX_DEPTH) return Number.NaN
  const inside: unknown[] = Array.isArray(value) ? value : Object.values(value)
  let count = inside === value ? 0 : inside.length
  // There may be tens of thousands, and an iterator is several times slower.
  for (let index = 0; index < inside.length; index += 1) {
    const item = inside[index]
    if (typeof item === 'object') count += countMembers(item, depth + 1)
  }
  return count
}
