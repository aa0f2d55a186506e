import { ErrorCode, type Problem } from '../cni/error.ts'
import type { Span } from '../json/member.ts'
import { type Outline, type Part, readOutline, type TopMember } from './outline.ts'

/** Of a whole request, without the pod's annotations; each costs more where they collide. */
const MOST_NAMES = 2000

/** As many as 16 KiB have room for, at most. */
const FEW_NAMES = 1000

/** Of the annotations whose names start with {@link OWN_PREFIX}. */
const MOST_ANNOTATIONS = 64

const OWN_PREFIX = 'netns-sysctl/'

/** A text of JSON that is parsed in bounded time, and what is wrong with what was left out. */
export interface Bounded {
  readonly text: string
  readonly problems: readonly Problem[]
}

/**
 * A configuration's text without the annotations of a pod that nobody asks for, and without the members that have too
 * many different names; what is left stands where it stood. QuickJS takes a minute to parse an object of 26,000 names
 * that were chosen for it. Throws JsonSyntaxError.
 */
export function boundNames(text: string): Bounded {
  // Each name has a colon behind it; nearly every request has too few of them to take long, whatever they are.
  const parts = text.split(':')
  if (parts.length < FEW_NAMES || hasFewDifferent(text, parts)) return { text, problems: [] }
  const outline = readOutline(text)
  const { kept, problems } = chooseMembers(outline)
  return { text: blankOthers(cutAnnotations(text, outline), outline.members, kept), problems }
}

/** The first names of a text, of which few can be frequent ones. */
const FIRST_PARTS = 64

/**
 * Whether a text, of which `parts` are what stands between its colons, surely has few different names, as GC's list of
 * thousands of attachments has: nearly all are the same as some of the first ones.
 */
function hasFewDifferent(text: string, parts: readonly string[]): boolean {
  // With an escape a quote may be within a name.
  if (text.split('\\', 2).length > 1) return false
  const first = parts.slice(0, FIRST_PARTS).flatMap((part) => /"[^"]*"$/.exec(part)?.[0] ?? [])
  const frequent = first.filter((name, index) => first.indexOf(name) < index && first.lastIndexOf(name) === index)
  const counted = frequent.reduce((sum, name) => sum + text.split(`${name}:`).length - 1, 0)
  return parts.length - counted < FEW_NAMES
}

/** Those with the fewest names first, so that one with many does not take the others along. */
function chooseMembers({ members }: Outline): { kept: ReadonlySet<TopMember>; problems: Problem[] } {
  const total = members.reduce((sum, { names }) => sum + names.length, 0)
  if (total <= MOST_NAMES) return { kept: new Set(members), problems: [] }
  const counted = members.map((member) => ({ member, count: countDistinct(member.names) }))
  counted.sort((a, b) => a.count - b.count)
  let sum = 0
  const kept = counted.filter(({ count }) => {
    sum += count
    return sum <= MOST_NAMES
  })
  const largest = counted.at(-1)
  if (largest === undefined || kept.length === members.length) return { kept: new Set(members), problems: [] }
  const msg = `the configuration has more than ${MOST_NAMES} different names; ${largest.member.name} has ${largest.count}`
  return {
    kept: new Set(kept.map(({ member }) => member)),
    problems: [{ code: ErrorCode.invalidConfig, msg, details: 'name fewer members and sysctls' }],
  }
}

/** By sorting: a set of names that collide would take as long as parsing them. */
function countDistinct(names: readonly string[]): number {
  const sorted = [...names].sort()
  return sorted.filter((name, index) => name !== sorted[index - 1]).length
}

function cutAnnotations(text: string, { annotations, annotationNames }: Outline): string {
  let cut = text
  for (const { value, members } of annotations) {
    const first = text[value.start]
    if (first !== '{' && first !== '[') continue
    const own = members.filter(({ name }) => name.startsWith(OWN_PREFIX)).slice(0, MOST_ANNOTATIONS)
    const wanted = members.filter((member) => annotationNames.includes(member.name) || own.includes(member))
    const object = `{${wanted.map((part) => textOf(text, part)).join(',')}}`
    const short = first === '{' ? object : '[]'
    cut = cut.slice(0, value.start) + short.padEnd(value.end - value.start) + cut.slice(value.end)
  }
  return cut
}

/** Blanks in place of the members that are not kept; the others stay where they are, for messages. */
function blankOthers(text: string, members: readonly Part[], kept: ReadonlySet<Part>): string {
  if (kept.size === members.length) return text
  const parts = [text.slice(0, members[0]?.start)]
  let left = kept.size
  for (const [index, member] of members.entries()) {
    const isKept = kept.has(member)
    if (isKept) left -= 1
    parts.push(isKept ? textOf(text, member) : blank(text, member))
    const next = members[index + 1]
    if (next === undefined) continue
    const gap = blank(text, { start: member.end, end: next.start })
    parts.push(isKept && left > 0 ? `,${gap.slice(1)}` : gap)
  }
  return parts.join('') + text.slice(members.at(-1)?.end)
}

function textOf(text: string, { start, end }: Span): string {
  return text.slice(start, end)
}

/** As many blanks, and its line breaks. */
function blank(text: string, span: Span): string {
  return textOf(text, span).replace(/[^\n]+/g, (line) => ' '.repeat(line.length))
}
