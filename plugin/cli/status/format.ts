import { visibleLine } from '../../os/visible.ts'
import { wrap } from '../help.ts'
import { STATES, type State } from '../node/judge.ts'
import type { Row } from '../node/rows.ts'
import type { Paint } from '../paint.ts'
import { formatTable, formatValue } from '../table.ts'
import type { Executable, Found } from './found.ts'

const COLUMNS = 80

/** What `status` prints for people. */
export function formatStatus(found: Found, paint: Paint): string {
  const { rows } = found
  return [formatHead(found, paint), formatRows(rows, paint), formatEnd(rows)].filter((part) => part !== '').join('\n')
}

function formatHead({ confDir, inForce, others, executable }: Found, paint: Paint): string {
  const network = inForce && visibleLine(`${inForce.file} (network ${inForce.name})`)
  const conflist =
    network === undefined
      ? paint.red(`no conflist in ${confDir}`)
      : inForce?.entries.length === 0
        ? `${network} ${paint.red('has no entry of netns-sysctl')}`
        : `${network} has the entry`
  const more = others.map(
    ({ file, name }) => `             ${visibleLine(file)} (network ${visibleLine(name)}) has the entry too\n`,
  )
  return `conflist:    ${conflist}\n${more.join('')}executable:  ${formatExecutable(executable, paint)}\n`
}

function formatExecutable({ path, version }: Executable, paint: Paint): string {
  if (version === null) return `${path} ${paint.red('is missing')}`
  if (version === 'unknown') return `${path}, which cannot be read`
  return version === 'another' ? `${path}, not the one that runs now: --version tells` : `${path}, ${version}`
}

function formatRows(rows: readonly Row[], paint: Paint): string {
  if (rows.length === 0) return ''
  const cells = rows.map(({ name, attachment, state }) => {
    return [name, attachment?.network ?? '-', attachment?.ifName ?? '-', state].map(visibleLine)
  })
  const table = formatTable([['CONTAINER', 'NETWORK', 'INTERFACE', 'STATE'], ...cells], (cell, row, column) => {
    if (row === 0) return paint.bold(cell)
    return column === 3 ? paintState(cell, rows[row - 1]?.state, paint) : cell
  })
  const [head, ...lines] = table.trimEnd().split('\n')
  return `${[head, ...lines.flatMap((line, index) => [line, ...formatDetails(rows[index])])].join('\n')}\n`
}

function paintState(cell: string, state: State | undefined, paint: Paint): string {
  if (state === 'in order') return paint.green(cell)
  return state === 'changed' || state === 'unknown' ? paint.yellow(cell) : paint.red(cell)
}

function formatDetails(row: Row | undefined): string[] {
  const { differences = [], reason } = row ?? {}
  const lines = differences.map(({ name, wanted, current }) => {
    const is = current === null ? 'is missing' : `is ${formatValue(current)}`
    return `${name} ${is}, ${wanted === null ? 'not asked for any more' : `wanted ${formatValue(wanted)}`}`
  })
  return [...lines, ...(reason === undefined ? [] : [reason])].map((line) => `    ${visibleLine(line)}`)
}

function formatEnd(rows: readonly Row[]): string {
  const counts = STATES.map((state) => ({ state, count: rows.filter((row) => row.state === state).length }))
  const counted = counts.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}`)
  const total = `${rows.length} ${rows.length === 1 ? 'attachment' : 'attachments'}${rows.length > 0 ? ': ' : ''}`
  const old = rows.filter(({ state }) => state === 'outdated' || state === 'without')
  const names = [...new Set(old.map(({ name }) => visibleLine(name)))]
  const advice =
    names.length === 0 ? [] : wrap(`Restart, or bring up to date with netns-sysctl apply: ${names.join(', ')}`, COLUMNS)
  return [`${total}${counted.join(', ')}`, ...advice].map((line) => `${line}\n`).join('')
}
