import { describe, expect, test } from 'vitest'
import { runCli } from '../../../plugin/cli/cli.ts'
import { COMMANDS as ALL } from '../../../plugin/cli/commands.ts'
import { main } from '../../../plugin/main.ts'
import { typed } from '../../helpers/cli.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

const COMMANDS = ALL.map(({ name }) => name)
const LIST = COMMANDS.join(', ')

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s lists every command on stdout', (option) => {
    const { exitCode, stdout, stderr } = typed([option])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout.split('\n').flatMap((line) => /^ {2}(\S+) {2,}\S/.exec(line)?.[1] ?? [])).toEqual([
      ...COMMANDS,
      '--version',
    ])
    expect(stdout).toContain('Exit code 0: fine; 1: found something; 2: wrong usage, or it could not be done.\n')
  })

  test.each(COMMANDS)('of %s has its usage and an example, however it is asked for', (name) => {
    const { exitCode, stdout, stderr } = typed([name, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: netns-sysctl ${name}\\b`))
    expect(stdout.split('\n\n').at(-1)).toMatch(new RegExp(`^Example: {2}netns-sysctl ${name} .+\\n`))
    for (const args of [
      [name, '-h'],
      ['help', name],
      [name, 'x', '--nosuch', '--help'],
    ]) {
      expect(typed(args)).toMatchObject({ exitCode: 0, stdout, stderr: '' })
    }
  })

  test('no line of it is longer than a terminal is wide', () => {
    const lines = COMMANDS.flatMap((name) => typed([name, '--help']).stdout.split('\n'))
    expect([...lines, ...typed(['help']).stdout.split('\n')].filter((line) => line.length > 80)).toEqual([])
  })
})

test.each([['--version'], ['-V'], ['version']])('%s prints the version and nothing else', (option) => {
  expect(typed([option])).toMatchObject({ exitCode: 0, stdout: 'unreleased\n', stderr: '' })
})

test('nothing typed says what it is and where to go on, on stderr', () => {
  const { exitCode, stdout, stderr } = typed([])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  expect(stderr).toMatch(/^CNI netns-sysctl plugin unreleased: .*\n[\s\S]*\nnetns-sysctl --help tells .*\n$/)
})

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    ['a command that there is not', ['start'], `there is no command "start"; there are ${LIST}`],
    ['a command with a slip', ['exlpain'], 'there is no command "exlpain"; did you mean explain?'],
    ['help for a command with a slip', ['help', 'lnit'], 'there is no command "lnit"; did you mean lint?'],
    ['an option instead of a command', ['--nosuch'], `there is no command "--nosuch"; there are ${LIST}`],
    ['lint without a file', ['lint'], 'lint needs a file; see netns-sysctl lint --help'],
    ['an unknown option of lint', ['lint', '--x', 'f'], 'there is no option --x; see netns-sysctl lint --help'],
    ['an unknown option of explain', ['explain', '-a'], 'there is no option -a; see netns-sysctl explain --help'],
    ['an unknown option of diff', ['diff', '--x'], 'there is no option --x; see netns-sysctl diff --help'],
    [
      'an unknown option of install',
      ['install', '--force'],
      'there is no option --force; see netns-sysctl install --help',
    ],
    [
      'an argument too much for install',
      ['install', 'here'],
      'here is not expected here; see netns-sysctl install --help',
    ],
    [
      'an argument too much for uninstall',
      ['uninstall', 'a', 'b'],
      'a b is not expected here; see netns-sysctl uninstall --help',
    ],
    [
      'an option with a slip',
      ['diff', '--ifnam', 'eth0'],
      'there is no option --ifnam; did you mean --ifname?; see netns-sysctl diff --help',
    ],
    [
      'an option given twice that can be given once',
      ['install', '--into', 'a', '--into', 'b'],
      '--into is given twice; see netns-sysctl install --help',
    ],
    ['a switch given twice', ['lint', '--json', '--json', 'f'], '--json is given twice; see netns-sysctl lint --help'],
    [
      'another word for when there are colours',
      ['explain', '--color', 'yes'],
      '--color yes must be auto, always, never; see netns-sysctl explain --help',
    ],
    [
      'completion for no shell',
      ['completion'],
      'completion needs the name of one shell: bash, zsh, fish; see netns-sysctl completion --help',
    ],
    [
      'completion for another',
      ['completion', 'toString'],
      'completion needs the name of one shell: bash, zsh, fish; see netns-sysctl completion --help',
    ],
    [
      'an option without its value',
      ['uninstall', '--into'],
      'option requires argument: --into; see netns-sysctl uninstall --help',
    ],
  ])('%s', (_, args, message) => {
    const stdout = args.includes('--json') ? `${JSON.stringify({ error: message }, undefined, 2)}\n` : ''
    expect(typed(args)).toMatchObject({ exitCode: 2, stdout, stderr: `netns-sysctl: ${message}\n` })
  })
})

describe('what every command can', () => {
  test('with --quiet the exit code alone tells', () => {
    expect(typed(['explain', '--quiet', 'net.core.somaxconn'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(typed(['explain', '--quiet', 'net.core.nosuch'])).toMatchObject({ exitCode: 1, stdout: '', stderr: '' })
  })

  test('with --color always there are colours without a terminal, with never none on one', () => {
    expect(typed(['explain', '--color', 'always', 'net.core.somaxconn']).stdout).toContain('\u001b[1m')
    expect(typed(['explain', '--color=never', 'net.core.somaxconn'], { isTerminal: true }).stdout).not.toContain(
      '\u001b',
    )
  })

  test('with --json an error is JSON too', () => {
    const { exitCode, stdout, stderr } = typed(['lint', '--json', '/nosuch'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toEqual({ error: '/nosuch: there is no such file or folder (ENOENT)' })
    expect(stderr).toBe('netns-sysctl: /nosuch: there is no such file or folder (ENOENT)\n')
  })
})

test('stdout that nobody reads any more is no message', () => {
  expect(typed(['help'], { stdoutFails: 'EPIPE' })).toMatchObject({ exitCode: 2, stderr: '' })
  expect(typed(['help'], { stdoutFails: 'ENOSPC' })).toMatchObject({
    exitCode: 2,
    stderr: 'netns-sysctl: /dev/stdout: no space is left on the device (ENOSPC)\n',
  })
})

test('a bug ends with 2, not with what stands for a finding, and says where', () => {
  const os = createFakeOs({ args: ['help'] })
  const broken = { ...os, writeStdout: () => [].map.call(undefined as never, () => undefined) }
  expect(main(broken as unknown as typeof os, runCli)).toBe(2)
  expect(os.stderr()).toMatch(
    /^netns-sysctl: a bug in netns-sysctl; please report it, with these lines:\n {2}TypeError: [\s\S]*\n {4}at /,
  )
})

test.each([['lint'], ['--help'], ['--version'], ['install']])('%s is ignored where CNI_COMMAND is set', (option) => {
  const os = createFakeOs({ args: [option], env: { CNI_COMMAND: 'VERSION' } })
  expect(main(os, runCli)).toBe(0)
  expect(JSON.parse(os.stdout())).toMatchObject({ cniVersion: '1.1.0' })
  expect([os.stderr(), os.writes]).toEqual(['', []])
})
