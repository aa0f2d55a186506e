import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { writeFile } from './write-file.ts'

/** A change to a file. */
export interface Step {
  readonly path: string
  readonly action: 'copy' | 'edit' | 'write' | 'move' | 'remove'
  readonly isNeeded: boolean
  /** Why it is not done, if that needs a reason. */
  readonly because?: string
  /** The changed lines of a text: with `-` or `+` before each. */
  readonly lines: readonly string[]
  readonly apply: () => void
}

/** An edit of a text file that keeps its owner, group, mode and extended attributes. Throws CliError if it could not keep all. */
export function planEdit(os: Os, path: string, edit: (text: string) => string): Step {
  const { text: before } = readText(os, path)
  const after = edit(before)
  const isNeeded = before !== after
  if (isNeeded) os.checkWritable(path)
  const lines = isNeeded ? changedLines(before, after) : []
  return { path, action: 'edit', isNeeded, lines, apply: () => applyEdit(os, path, edit, { before, after }) }
}

/** How often another program may write the file while it is edited. */
const MOST_CHANGES = 100

/** If somebody has written the file meanwhile, the new text is edited, not replaced. */
function applyEdit(
  os: Os,
  path: string,
  edit: (text: string) => string,
  first: { readonly before: string; readonly after: string },
): void {
  let { before, after } = first
  for (let left = MOST_CHANGES; !os.rewriteFile(path, after, before); left -= 1) {
    if (left === 0) throw new CliError(`${path}: somebody writes it again and again`)
    before = readText(os, path).text
    after = edit(before)
  }
}

/** A text file that belongs to install. */
export function planWrite(os: Os, path: string, text: string, mode: number): Step {
  const before = readIfThere(os, path)
  const isNeeded = before !== text
  const lines = isNeeded ? changedLines(before ?? '', text) : []
  return { path, action: 'write', isNeeded, lines, apply: () => writeFile(os, path, text, mode) }
}

/** Renames a file in its folder, if it still has this text. */
export function planMove(os: Os, path: string, to: string, text: string): Step {
  return { path, action: 'move', isNeeded: true, lines: [`-${path}`, `+${to}`], apply: () => move(os, path, to, text) }
}

function move(os: Os, path: string, to: string, text: string): void {
  os.rename(path, to)
  if (readIfThere(os, to) === text) return
  // Somebody has written it just now.
  if (!isThere(os, path)) os.rename(to, path)
  throw new CliError(`${path}: somebody has changed it at the same moment; do it again`)
}

export function planRemove(os: Os, path: string): Step {
  return { path, action: 'remove', isNeeded: isThere(os, path), lines: [], apply: () => os.removeFile(path) }
}

/** A text file and its mode. Throws CliError if an edit could not keep the rest of it unchanged. */
export function readText(os: Os, path: string): { text: string; mode: number } {
  const { kind, mode } = os.fileStatus(path)
  if (kind === 'link') throw new CliError(`${path}: is a symbolic link; give the file that it points to`)
  const text = os.readFile(path)
  if (text.includes('\ufffd')) throw new CliError(`${path}: is not UTF-8`)
  return { text, mode }
}

/** Whether a path exists, even as a link to nothing. */
export function isThere(os: Os, path: string): boolean {
  const status = catchOsError(() => os.fileStatus(path))
  if (!(status instanceof OsError)) return true
  if (status.errno === 'ENOENT' || status.errno === 'ENOTDIR') return false
  throw status
}

export function readIfThere(os: Os, path: string): string | undefined {
  const text = catchOsError(() => os.readFile(path))
  if (!(text instanceof OsError)) return text
  if (text.errno === 'ENOENT') return undefined
  throw text
}

/** The lines between the common start and end of two texts. */
function changedLines(before: string, after: string): string[] {
  const old = before.split('\n')
  const now = after.split('\n')
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  const changed = (lines: readonly string[], mark: string) =>
    lines.slice(start, lines.length - end).map((line) => mark + line)
  return [...changed(old, '-'), ...changed(now, '+')]
}
