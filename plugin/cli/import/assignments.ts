import { matchesSegment } from '../../policy/glob.ts'
import type { SysctlDFile } from './files.ts'

/** A sysctl that the files set: its segments below /proc/sys, and the place of the line that decides. */
export interface Assignment {
  readonly segments: readonly string[]
  readonly value: string
  /** Whether it may fail: its name has a `-`. */
  readonly mayFail: boolean
  readonly file: string
  readonly line: number
}

/** A line that is not valid in sysctl.d(5). */
export interface BadLine {
  readonly file: string
  readonly line: number
  readonly text: string
}

/** The reason in words, with its place. */
export function wordBadLine({ file, line, text }: BadLine): string {
  return `${file}:${line}: is not "name = value": ${JSON.stringify(text)}`
}

export interface Assignments {
  readonly assignments: readonly Assignment[]
  readonly badLines: readonly BadLine[]
}

interface Line extends Omit<Assignment, 'value'> {
  /** Undefined for a name that is excluded from globs. */
  readonly value: string | undefined
}

/**
 * The result of the files (sysctl.d(5)): a later line for a name wins; a glob sets existing sysctls, which `names` lists as
 * segments, unless a line names it or excludes it.
 */
export function collectAssignments(files: readonly SysctlDFile[], names: readonly (readonly string[])[]): Assignments {
  const badLines: BadLine[] = []
  const lines = files.flatMap((file) => parseFile(file, badLines))
  const plain = lines.filter(({ segments }) => !isGlob(segments))
  const named = new Set(plain.map(({ segments }) => segments.join('/')))
  const last = new Map<string, Assignment>()
  for (const line of lines) {
    if (line.value === undefined) continue
    const { value } = line
    const matches = isGlob(line.segments) ? names.filter((name) => matchesAll(line.segments, name)) : [line.segments]
    for (const segments of matches) {
      const key = segments.join('/')
      if (isGlob(line.segments) && named.has(key)) continue
      last.delete(key)
      last.set(key, { ...line, segments, value })
    }
  }
  return { assignments: [...last.values()], badLines }
}

function parseFile({ path, text }: SysctlDFile, badLines: BadLine[]): Line[] {
  return text.split('\n').flatMap((raw, index): Line[] => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return []
    const place = { file: path, line: index + 1 }
    const separator = line.indexOf('=')
    const name = (separator < 0 ? line : line.slice(0, separator)).trim()
    const mayFail = name.startsWith('-')
    const segments = splitName(mayFail ? name.slice(1).trim() : name)
    if (segments.includes('') || (separator < 0 && !mayFail)) {
      badLines.push({ ...place, text: line })
      return []
    }
    return [{ ...place, segments, mayFail, value: separator < 0 ? undefined : line.slice(separator + 1).trim() }]
  })
}

/** The first separator decides: after a slash dots are literal, after a dot slashes stand for dots. */
function splitName(name: string): string[] {
  if (/[./]/.exec(name)?.[0] === '/') return name.split('/')
  return name.split('.').map((segment) => segment.replaceAll('/', '.'))
}

function isGlob(segments: readonly string[]): boolean {
  return segments.some((segment) => /[*?]/.test(segment))
}

function matchesAll(glob: readonly string[], name: readonly string[]): boolean {
  return glob.length === name.length && glob.every((pattern, index) => matchesSegment(pattern, name[index] as string))
}
