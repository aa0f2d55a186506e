import type { Os } from '../../os/os.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { formatTable, formatValue } from '../table.ts'
import { type BadLine, wordBadLine } from './assignments.ts'
import { FATE_WORDS, type Imported, makeEntry } from './entry.ts'
import { readGivenFiles, readNodeFiles } from './files.ts'
import { judgeFiles } from './read.ts'

export const importCommand = defineCommand({
  name: 'import',
  summary: 'which sysctl.d settings reach pods, and an entry for the rest',
  usage: ['[--inherit] [FILE|FOLDER]…'],
  description: [
    "Reads sysctl.d(5) files, without arguments the node's own in their order, and tells for each net.* line if it reaches pods: a new network namespace starts with the node's value; an entry of the plugin must set it; only the node has it; or this kernel has no such sysctl. Then it prints that entry. Exit code 1 if a line is wrong or its sysctl does not exist. It makes a network namespace to look into, which needs root.",
  ],
  options: [{ name: '--inherit', help: 'Let the entry copy the values of the node instead of naming them' }],
  example: 'import /etc/sysctl.d',
  run: importFiles,
})

function importFiles(os: Os, { operands, isGiven }: Arguments<'--inherit'>, paint: Paint): Report {
  const files = operands.length === 0 ? readNodeFiles(os) : readGivenFiles(os, operands)
  const { imported, badLines } = judgeFiles(os, files)
  const entry = makeEntry(imported, isGiven('--inherit'))
  return {
    text: format(
      files.map(({ path }) => path),
      imported,
      badLines,
      entry,
      paint,
    ),
    json: { files: files.map(({ path }) => path), sysctls: imported, badLines, entry },
    exitCode: badLines.length > 0 || imported.some(({ fate }) => fate === 'absent') ? 1 : 0,
  }
}

function format(
  files: readonly string[],
  imported: readonly Imported[],
  badLines: readonly BadLine[],
  entry: unknown,
  paint: Paint,
): string {
  if (files.length === 0) return 'there are no sysctl.d files\n'
  const ofNet = imported.filter(({ fate }) => fate !== 'foreign')
  const rows = ofNet.map(({ key, value, fate }) => [key, formatValue(value), FATE_WORDS[fate]])
  const table = formatTable([['SYSCTL', 'VALUE', 'IN PODS'], ...rows], (cell, row) => {
    if (row === 0) return paint.bold(cell)
    const fate = ofNet[row - 1]?.fate
    return fate === 'entry' ? paint.yellow(cell) : fate === 'absent' ? paint.red(cell) : cell
  })
  const bad = badLines.map((each) => `${wordBadLine(each)}\n`)
  const needsEntry = imported.some(({ fate }) => fate === 'entry')
  const json = needsEntry ? JSON.stringify(entry, undefined, 2) : 'Pods need no entry.'
  return `Read: ${files.join(', ')}\n\n${ofNet.length === 0 ? 'Nothing in it is of the network.\n' : table}${countForeign(imported)}${bad.join('')}\n${json}\n`
}

/** `vm 3, fs 1` */
function countForeign(imported: readonly Imported[]): string {
  const counts = new Map<string, number>()
  for (const { key, fate } of imported) {
    const tree = key.split('.')[0] as string
    if (fate === 'foreign') counts.set(tree, (counts.get(tree) ?? 0) + 1)
  }
  const words = [...counts].map(([tree, count]) => `${tree} ${count}`)
  return words.length === 0 ? '' : `Not of the network: ${words.join(', ')}\n`
}
