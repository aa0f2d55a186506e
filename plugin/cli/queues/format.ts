import { visibleLine } from '../../os/visible.ts'
import { wrap } from '../help.ts'
import { formatContainer } from '../node/containers.ts'
import type { Paint } from '../paint.ts'
import { formatTable } from '../table.ts'
import type { ContainerQueues, Queue } from './queue.ts'

const COLUMNS = 80
const INDENT = 4

/** With longer addresses, as of IPv6, the process is on a line of its own. */
const LONGEST_ADDRESS = 28

/** The containers that have servers, each with a table of its queues and remarks. */
export function formatQueues(containers: readonly ContainerQueues[], paint: Paint): string {
  const listening = containers.filter(({ queues }) => queues.length > 0)
  const silent = containers.length - listening.length
  const blocks = listening.map((each) => formatContainerQueues(each, paint))
  const rest = silent === 0 ? [] : [`${count(silent, 'container')} without a server that listens on TCP\n`]
  return blocks.length + rest.length === 0 ? 'there is no container\n' : [...blocks, ...rest].join('\n')
}

function formatContainerQueues({ container, somaxconn, counters, queues }: ContainerQueues, paint: Paint): string {
  const title = container.isHost ? 'the node itself' : visibleLine(formatContainer(container))
  const facts = `net.core.somaxconn ${somaxconn}, ListenOverflows ${counters.overflows}, ListenDrops ${counters.drops}`
  const head = `${paint.bold(title)}\n  ${facts}\n`
  const states = queues.map((queue) => ({ ...queue, isLong: queue.address.length > LONGEST_ADDRESS }))
  const table = formatTable(
    [HEAD, ...states.map(toRow)].map((row, index, rows) => alignRight(row, index, rows)),
    (cell, row) => (row === 0 ? paint.dim(cell) : cell),
  )
  const [names = '', ...rows] = table.split('\n')
  const lines = states.flatMap((queue, index) => formatQueue(queue, rows[index] ?? '', paint))
  return [head, `  ${names}\n`, ...lines].join('')
}

const HEAD = ['WAITING', 'LIMIT', 'DROPPED', 'LISTENS ON', 'PROCESS']
const NUMBERS = 3

function toRow({ waiting, limit, dropped, address, process, isLong }: Queue & { readonly isLong: boolean }): string[] {
  const name = process === undefined ? '-' : `${visibleLine(process.name)} ${process.pid}`
  return [
    String(waiting),
    String(limit),
    dropped === undefined ? '-' : String(dropped),
    ...(isLong ? [] : [address, name]),
  ]
}

function alignRight(row: readonly string[], _: number, rows: readonly (readonly string[])[]): string[] {
  return row.map((cell, column) => {
    const width = Math.max(...rows.map((each) => each[column]?.length ?? 0))
    return column < NUMBERS ? cell.padStart(width) : cell
  })
}

function formatQueue(queue: Queue & { readonly isLong: boolean }, row: string, paint: Paint): string[] {
  const { state, cause, reasons, address, process, isLong } = queue
  const isBad = state !== 'fine'
  const colour = state === 'overflowing' ? paint.red : isBad ? paint.yellow : (text: string) => text
  const owner = process === undefined ? '' : `\n${' '.repeat(INDENT)}${visibleLine(process.name)} ${process.pid}`
  const line = isLong ? `${row}  ${address}${owner}` : row
  const words = isBad || cause !== 'somaxconn' ? reasons.flatMap((each) => wrap(each, COLUMNS - INDENT)) : []
  const explained = words.map((each) => `${' '.repeat(INDENT)}${isBad ? each : paint.dim(each)}\n`)
  return [`  ${colour(line)}\n`, ...explained]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
