import { visibleLine } from '../../os/visible.ts'
import { wrap } from '../help.ts'
import type { Paint } from '../paint.ts'
import { formatValue } from '../table.ts'
import type { Applied, Change } from './apply-to.ts'

const COLUMNS = 80

/** What `apply` prints for people: the changes of each container. */
export function formatApplied(applied: readonly Applied[], isDryRun: boolean, paint: Paint): string {
  const told = applied.filter(isTold).map((each) => formatOne(each, isDryRun, paint))
  const changed = applied.filter(isChanged).length
  const failed = applied.filter(({ error }) => error !== undefined).length
  const counts = [
    `${changed} ${isDryRun ? 'would be changed' : 'changed'}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${applied.length - changed - failed} as they are`,
  ]
  const summary = `${applied.length} ${applied.length === 1 ? 'attachment' : 'attachments'}: ${counts.join(', ')}`
  return [...told, summary, ...formatRestart(applied)].map((part) => `${part}\n`).join('')
}

function isChanged({ set, putBack }: Applied): boolean {
  return set.length + putBack.length > 0
}

function isTold(applied: Applied): boolean {
  return isChanged(applied) || applied.left.length > 0 || applied.remark !== undefined || applied.error !== undefined
}

function formatOne(applied: Applied, isDryRun: boolean, paint: Paint): string {
  const { name, network, ifName, set, putBack, left, remark, error } = applied
  const would = isDryRun ? 'would be ' : ''
  return [
    paint.bold(visibleLine(`${name} (network ${network}, ${ifName})`)),
    ...set.map((change) => `${change.name} ${would}set: ${formatChange(change)}`),
    ...putBack.map((change) => `${change.name} ${would}put back, not asked for any more: ${formatChange(change)}`),
    ...left.map(({ name: key, before, after }) =>
      paint.yellow(`${key} stays ${formatValue(before)}, changed since ADD; wanted ${formatValue(after)} (--force)`),
    ),
    ...(remark === undefined ? [] : [paint.yellow(remark)]),
    ...(error === undefined ? [] : [paint.red(error)]),
  ].join('\n    ')
}

function formatChange({ before, after }: Change): string {
  return `${formatValue(before)} -> ${formatValue(after)}`
}

/** The kernel sets the length of the queue at listen(2). */
function formatRestart(applied: readonly Applied[]): string[] {
  const listening = applied.filter((each) => each.listening > 0)
  if (listening.length === 0) return []
  const sockets = listening.reduce((count, each) => count + each.listening, 0)
  const what =
    sockets === 1 ? '1 socket listens already and keeps its' : `${sockets} sockets listen already and keep their`
  const names = [...new Set(listening.map(({ name }) => visibleLine(name)))].join(', ')
  return wrap(`net.core.somaxconn: ${what} accept queue; restart the servers in: ${names}`, COLUMNS)
}
