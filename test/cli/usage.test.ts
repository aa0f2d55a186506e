import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { COMMANDS as ALL } from '../../plugin/cli/commands.ts'
import { SUPPORTED_VERSIONS } from '../../plugin/cni/version.ts'
import { type } from '../helpers/operator.ts'

const COMMANDS = ALL.map(({ name }) => name)

test('a command has its help, in two ways', () => {
  const { status, stdout, stderr } = type(['lint', '--help'])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Usage: netns-sysctl lint\b/)
  expect(type(['help', 'lint']).stdout).toBe(stdout)
})

test('--help lists them all, and --version is that of package.json', () => {
  const { status, stdout, stderr } = type(['--help'])
  expect([status, stderr]).toEqual([0, ''])
  for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `)
  expect(type(['--version'])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
})

test.each([
  [['lnit'], 'there is no command "lnit"; did you mean lint?'],
  [['lint'], 'lint needs a file; see netns-sysctl lint --help'],
  [['diff', '--nosuch'], 'there is no option --nosuch; see netns-sysctl diff --help'],
  [['install', '--into'], 'option requires argument: --into; see netns-sysctl install --help'],
])('wrong usage, %j, ends with 2', (args, message) => {
  expect(type(args)).toEqual({ status: 2, stdout: '', stderr: `netns-sysctl: ${message}\n` })
})

describe('where CNI_COMMAND is set, it is a runtime that calls, whatever the arguments', () => {
  test.each([[['lint', '/nosuch']], [['--help']], [['install', '--bin-dir', '/nosuch']]])('%j', (args) => {
    const { status, stdout, stderr } = type(args, { env: { CNI_COMMAND: 'VERSION' } })
    expect([status, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual({ cniVersion: '1.1.0', supportedVersions: SUPPORTED_VERSIONS })
  })
})
