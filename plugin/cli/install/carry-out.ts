import type { Report } from '../command.ts'
import type { Paint } from '../paint.ts'
import type { Step } from './steps.ts'

export const DONE = {
  copy: 'copied itself to',
  edit: 'edited',
  write: 'wrote',
  move: 'moved',
  remove: 'removed',
} as const satisfies Record<Step['action'], string>

const PLANNED = {
  copy: 'would copy itself to',
  edit: 'would edit',
  write: 'would write',
  move: 'would move',
  remove: 'would remove',
} as const satisfies Record<Step['action'], string>

export interface Undertaking {
  readonly steps: readonly Step[]
  /** Notes for people. */
  readonly warnings: readonly string[]
  readonly isDryRun: boolean
  readonly exitCode?: 0 | 1
}

/** Does the steps, in order, or only reports them. */
export function carryOut({ steps, warnings, isDryRun, exitCode = 0 }: Undertaking, paint: Paint): Report {
  for (const step of steps) if (step.isNeeded && !isDryRun) step.apply()
  const told = steps.map((step) => formatStep(step, isDryRun, paint))
  const warned = warnings.map((warning) => `${paint.yellow('warning')}: ${warning}\n`)
  const json = steps.map(({ path, action, isNeeded, because, lines }) => {
    return { path, action, changes: isNeeded, lines, ...(because !== undefined && { because }) }
  })
  const text = [...told, ...warned].join('')
  return { text, json: { dryRun: isDryRun, steps: json, ...(warnings.length > 0 && { warnings }) }, exitCode }
}

function formatStep({ path, action, isNeeded, because, lines }: Step, isDryRun: boolean, paint: Paint): string {
  if (because !== undefined) return `${paint.yellow('kept')} ${path}: ${because}\n`
  if (!isNeeded) return `${paint.dim(action === 'remove' ? 'is not there:' : 'is as it should be:')} ${path}\n`
  const state = isDryRun ? paint.yellow(PLANNED[action]) : paint.green(DONE[action])
  const shown = lines.map((line) => `${line.startsWith('-') ? paint.red(line) : paint.green(line)}\n`)
  return `${state} ${path}\n${shown.join('')}`
}
