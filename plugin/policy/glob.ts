/** A shell glob over canonical keys: `*` and `?` stand for anything within one segment, and never for a dot. */
export interface KeyGlob {
  readonly text: string
  readonly segments: readonly string[]
}

/** Why `text` is not a valid glob over keys, or undefined. */
export function keyGlobProblem(text: string): string | undefined {
  if (!text.startsWith('net.')) return 'must start with "net."'
  if (text.split('.').includes('')) return 'has an empty segment'
  if (/[[\]{}\\!\p{Cc}\s]/u.test(text)) return 'may have only "*" and "?" as wildcards'
  return undefined
}

/** Expects a text without a {@link keyGlobProblem}. */
export function parseKeyGlob(text: string): KeyGlob {
  return { text, segments: text.split('.') }
}

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text)
}

/** Whether the whole canonical key matches. The cost is at most the length of the pattern times that of the key. */
export function matchesGlob(glob: KeyGlob, canonical: string): boolean {
  const segments = canonical.split('.')
  return (
    segments.length === glob.segments.length &&
    segments.every((segment, at) => matchesSegment(glob.segments[at] as string, segment))
  )
}

/** Matches one segment. After a mismatch only the last `*` takes one more character, so nothing is tried twice. */
export function matchesSegment(pattern: string, segment: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let read = 0
  while (read < segment.length) {
    if (pattern[at] === '*') {
      star = at
      resume = read
      at += 1
    } else if (pattern[at] === '?' || pattern[at] === segment[read]) {
      at += 1
      read += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      read = resume
    } else {
      return false
    }
  }
  return [...pattern.slice(at)].every((rest) => rest === '*')
}
