import { type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import type { Report } from '../command.ts'
import type { Paint } from '../paint.ts'

/** A change to a file. */
export interface Step {
  readonly path: string
  readonly action: 'copy' | 'edit' | 'remove'
  readonly isNeeded: boolean
  /** Why it is not, where that is not plain. */
  readonly because?: string
  /** The lines that change, of a text: with `-` or `+` before each. */
  readonly lines: readonly string[]
  readonly apply: () => void
}

const DONE = { copy: 'copied itself to', edit: 'edited', remove: 'removed' } as const
const PLANNED = { copy: 'would copy itself to', edit: 'would edit', remove: 'would remove' } as const

/** Does what is needed, in order, or only tells it. */
export function carryOut(steps: readonly Step[], isDryRun: boolean, paint: Paint): Report {
  for (const step of steps) if (step.isNeeded && !isDryRun) step.apply()
  const text = steps.map(({ path, action, isNeeded, because, lines }) => {
    if (because !== undefined) return `${paint.yellow('kept')} ${path}: ${because}\n`
    if (!isNeeded) return `${paint.dim(action === 'remove' ? 'is not there:' : 'is as it should be:')} ${path}\n`
    const state = isDryRun ? paint.yellow(PLANNED[action]) : paint.green(DONE[action])
    const shown = lines.map((line) => `${line.startsWith('-') ? paint.red(line) : paint.green(line)}\n`)
    return `${state} ${path}\n${shown.join('')}`
  })
  const json = steps.map(({ path, action, isNeeded, lines }) => ({ path, action, changes: isNeeded, lines }))
  return { text: text.join(''), json: { dryRun: isDryRun, steps: json }, exitCode: 0 }
}

/** An edit of a text file that keeps its owner, group, mode and extended attributes. Throws CliError for what it would not keep. */
export function planEdit(os: Os, path: string, edit: (text: string) => string): Step {
  const { kind } = os.fileStatus(path)
  if (kind === 'link') throw new CliError(`${path}: is a symbolic link; give the file that it points to`)
  const before = os.readFile(path)
  if (before.includes('\ufffd')) throw new CliError(`${path}: is not UTF-8`)
  const after = edit(before)
  const isNeeded = before !== after
  if (isNeeded) os.checkWritable(path)
  const lines = isNeeded ? changedLines(before, after) : []
  return { path, action: 'edit', isNeeded, lines, apply: () => os.rewriteFile(path, after) }
}

/** Whether there is something at a path, be it a link that leads nowhere. */
export function isThere(os: Os, path: string): boolean {
  try {
    os.fileStatus(path)
    return true
  } catch (error) {
    if (error instanceof OsError && error.errno === 'ENOENT') return false
    throw error
  }
}

/** The lines between what both texts start and end with. */
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

/** The folder that a path is in. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf('/')
  return end < 0 ? '.' : path.slice(0, end) || '/'
}
