import { isJsonObject } from '../../config/members.ts'
import { formatPath } from '../../json/path.ts'
import { readPositions } from '../../json/positions.ts'
import { JsonSyntaxError, lineAndColumn } from '../../json/syntax.ts'
import type { Os } from '../../os/os.ts'
import { UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { lintAllowlist } from './allowlist.ts'
import { lintConfiguration } from './chain.ts'
import type { Finding } from './finding.ts'
import { type Kernel, readKernel } from './kernel.ts'

export const lintCommand = defineCommand({
  name: 'lint',
  summary: 'what is wrong with a conflist or an allowlist on this node',
  usage: ['FILE…'],
  description: [
    "Reads conflists, single configurations and allowlists (files of regular expressions) and tells what would keep pods from starting or would not do what was meant: with the place in the file, and by what this node's kernel has. As root it looks into a new network namespace too. Changes nothing. Exit code 1 where it found something.",
  ],
  options: [],
  example: 'lint /etc/cni/net.d/*.conflist',
  run: lint,
})

function lint(os: Os, { operands: files }: Arguments, paint: Paint): Report {
  if (files.length === 0) throw new UsageError('lint needs a file')
  const texts = files.map((file) => ({ file, text: os.readFile(file) }))
  const kernel = readKernel(os)
  const findings = texts.flatMap(({ file, text }) => lintFile(file, text, kernel))
  const notLookedAt = kernel.netns === undefined ? ['what a container has: making a network namespace needs root'] : []
  return {
    text: format(files, findings, notLookedAt, paint),
    json: { findings, notLookedAt },
    exitCode: findings.length === 0 ? 0 : 1,
  }
}

/** Allowlists end in .conf, as single configurations may. */
function lintFile(file: string, text: string, kernel: Kernel): Finding[] {
  const isJson = /\.(conflist|json)$/.test(file) || /^\s*[{[]/.test(text)
  return isJson ? lintJson(file, text, kernel) : lintAllowlist(file, text, kernel)
}

function lintJson(file: string, text: string, kernel: Kernel): Finding[] {
  try {
    const { placeOf, repeated } = readPositions(text)
    const twice = repeated.map(({ path, place }): Finding => {
      return { file, ...place, level: 'error', message: `${formatPath(path)} is given twice` }
    })
    const value: unknown = JSON.parse(text)
    const remarks = lintConfiguration(isJsonObject(value) ? value : {}, kernel)
    const found = remarks.map(({ at, level, message }): Finding => ({ file, ...placeOf(at), level, message }))
    return [...twice, ...found].sort((a, b) => a.line - b.line || a.column - b.column)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return [{ file, ...lineAndColumn(text, error.offset), level: 'error', message: `is no JSON: ${error.message}` }]
  }
}

function format(
  files: readonly string[],
  findings: readonly Finding[],
  notLookedAt: readonly string[],
  paint: Paint,
): string {
  const lines = findings.map(({ file, line, column, level, message }) => {
    const place = paint.bold(`${file}:${line}:${column}:`)
    return `${place} ${level === 'error' ? paint.red(level) : paint.yellow(level)}: ${message}\n`
  })
  const clean = files.filter((file) => !findings.some((finding) => finding.file === file))
  const fine = clean.map((file) => `${paint.bold(file)}: ${paint.green('nothing found')}\n`)
  return [...lines, ...fine, ...notLookedAt.map((each) => paint.dim(`not looked at: ${each}\n`))].join('')
}
