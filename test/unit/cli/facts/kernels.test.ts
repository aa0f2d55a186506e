import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { listOf } from '../../../helpers/lint.ts'

const EXAMPLES = join(import.meta.dirname, '../../../../conf-examples')
const FACTS = '/tmp/node.json'

const kernels = readdirSync(join(EXAMPLES, 'facts')).map((name) => ({
  name,
  facts: readFileSync(join(EXAMPLES, 'facts', name), 'utf8'),
}))

/** Lint's findings in a conflist for a node with that kernel, without their places. */
function findings(facts: string, text: string, file: string): string[] {
  const { stdout, exitCode } = typed(['lint', '--node', FACTS, file, '--json'], {
    files: { [FACTS]: facts, [file]: text },
  })
  expect(exitCode).not.toBe(2)
  const report = JSON.parse(stdout) as { findings: { level: string; message: string }[] }
  return report.findings.map(({ level, message }) => `${level}: ${message}`)
}

test('the facts of the kernels that are tested are there', () => {
  expect(kernels.map(({ name }) => name)).toEqual([
    'linux-5.10.262.json',
    'linux-6.1.176.json',
    'linux-6.12.117.json',
    'linux-7.3.4.json',
  ])
})

describe.each(kernels)('for $name', ({ facts }) => {
  const conflists = readdirSync(EXAMPLES).filter((name) => name.endsWith('.conflist'))

  test.each(conflists)('%s has nothing that keeps pods from starting', (name) => {
    const text = readFileSync(join(EXAMPLES, name), 'utf8')
    const errors = findings(facts, text, `/tmp/${name}`).filter((each) => each.startsWith('error'))
    expect(errors).toEqual([])
  })
})

test.each([
  ['linux-5.10.262.json', ['error: net.ipv4.tcp_plb_enabled: does not exist on Linux 5.10.262']],
  ['linux-6.1.176.json', ['error: net.ipv4.tcp_plb_enabled: does not exist on Linux 6.1.176']],
  ['linux-6.12.117.json', []],
  ['linux-7.3.4.json', []],
])('a sysctl of newer kernels is found to be missing: %s', (name, expected) => {
  const text = listOf({ sysctl: { 'net.core.somaxconn': 16384, 'net.ipv4.tcp_plb_enabled': 1 } })
  const facts = kernels.find((kernel) => kernel.name === name)?.facts ?? ''
  expect(findings(facts, text, '/tmp/10-x.conflist')).toEqual(expected)
})
