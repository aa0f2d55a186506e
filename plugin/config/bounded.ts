import { ErrorCode, type Problem } from '../cni/error.ts'
import type { Span } from '../json/member.ts'
import { withoutAlike } from './alike.ts'
import { type Outline, type Part, readOutline, type TopMember } from './outline.ts'

/** Names in a whole request, without the pod's annotations. Names whose hashes collide take longer. */
const MOST_NAMES = 2000

/** 16 KiB have no room for more. */
const FEW_NAMES = 1000

/** Of the annotations whose names start with {@link OWN_PREFIX}. */
const MOST_ANNOTATIONS = 64

const OWN_PREFIX = 'netns-sysctl/'

/** A JSON text that can be parsed in bounded time, and the problems of the members that were left out. */
export interface Bounded {
  readonly text: string
  /** A text that may be shorter, nested as deeply. */
  readonly brief: string
  readonly problems: readonly Problem[]
}

/**
 * The text of a configuration without the pod's annotations that the plugin does not read, and without members with too
 * many different names. The rest keeps its place. QuickJS takes a minute to parse an object of 26,000 names
 * that were chosen for it. Throws JsonSyntaxError.
 */
export function boundNames(text: string): Bounded {
  const brief = hasFewNames(text) ? text : withoutAlike(text)
  if (hasFewNames(brief) || hasFewDifferent(brief)) return { text, brief, problems: [] }
  const outline = readOutline(text)
  const { kept, problems } = chooseMembers(outline)
  const bounded = blankOthers(cutAnnotations(text, outline), outline.members, kept)
  return { text: bounded, brief: bounded, problems }
}

/** The first names of a text. Frequent names are likely to be among them. */
const FIRST_PARTS = 64

/** Each name is followed by a colon. Nearly every request has so few colons that it cannot take long. */
function hasFewNames(text: string): boolean {
  return text.split(':', FEW_NAMES).length < FEW_NAMES
}

/**
 * Whether a text surely has few different names. GC's list of thousands of attachments is an example: nearly all
 * names are the same as some of the first ones.
 */
function hasFewDifferent(text: string): boolean {
  // If there is an escape, a quote may be part of a name.
  if (text.split('\\', 2).length > 1) return false
  const first = text.split(':', FIRST_PARTS).flatMap((part) => /"[^"]*"$/.exec(part)?.[0] ?? [])
  const frequent = first.filter((name, index) => first.indexOf(name) < index && first.lastIndexOf(name) === index)
  const counted = frequent.reduce((sum, name) => sum + text.split(`${name}:`).length - 1, 0)
  return text.split(':').length - counted < FEW_NAMES
}

/** Members with the fewest names come first, so that one with many does not push out the others. */
function chooseMembers({ members }: Outline): { kept: ReadonlySet<TopMember>; problems: Problem[] } {
  const counted = members.map((member) => ({ member, count: countDistinct(member.names) }))
  counted.sort((a, b) => a.count - b.count)
  let sum = 0
  const kept = counted.filter(({ count }) => {
    sum += count
    return sum <= MOST_NAMES
  })
  // Those that are left out stand at the end.
  const largest = counted.slice(kept.length).slice(-1)
  const problems = largest.map(({ member, count }) => {
    const msg = `the configuration has more than ${MOST_NAMES} different names; ${member.name} has ${count}`
    return { code: ErrorCode.invalidConfig, msg, details: 'name fewer members and sysctls' }
  })
  return { kept: new Set(kept.map(({ member }) => member)), problems }
}

/** By sorting: a Set would be as slow as the parser for names whose hashes collide. */
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

/** Replaces the members that are left out with blanks, so that messages name the right places. */
function blankOthers(text: string, members: readonly Part[], kept: ReadonlySet<Part>): string {
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

/** As many blanks, with the same line breaks. */
function blank(text: string, span: Span): string {
  return textOf(text, span).replace(/[^\n]+/g, (line) => ' '.repeat(line.length))
}
