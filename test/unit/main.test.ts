import { describe, expect, test } from 'vitest'
import { runCli } from '../../plugin/cli/cli.ts'
import { COMMANDS } from '../../plugin/cli/commands.ts'
import { main } from '../../plugin/main.ts'
import { createFakeOs, type FakeMachine } from '../helpers/fake-os.ts'
import { ask, envOf, errorDocument, formatConf } from '../helpers/requests.ts'

const ABOUT = `CNI netns-sysctl plugin unreleased: sets sysctls in a container's netns
CNI protocol versions supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0
A container runtime runs it, chained after a network plugin in a conflist.
`

describe('without a CNI_COMMAND', () => {
  test.each([
    ['nothing typed', [], 0, '', `${ABOUT}netns-sysctl --help tells what else it does for operators.\n`],
    ['--version', ['--version'], 0, 'unreleased\n', ''],
    [
      'what it does not know',
      ['--nosuch'],
      2,
      '',
      `netns-sysctl: there is no command "--nosuch"; there are ${COMMANDS.map(({ name }) => name).join(', ')}\n`,
    ],
  ])('%s', (_, args, exitCode, stdout, stderr) => {
    for (const env of [{}, { CNI_COMMAND: '' }]) {
      const os = createFakeOs({ args, env })
      expect([main(os, runCli), os.stdout(), os.stderr()]).toEqual([exitCode, stdout, stderr])
    }
  })

  test('--help tells of every command on stdout', () => {
    const os = createFakeOs({ args: ['--help'] })
    expect([main(os, runCli), os.stderr()]).toEqual([0, ''])
    expect(os.stdout().startsWith(ABOUT)).toBe(true)
    expect(os.stdout()).toMatch(/^ {2}lint .*\n {2}explain /m)
  })

  test('a closed stderr or stdout ends it with 2', () => {
    expect(main(createFakeOs({ stderrFails: 'EPIPE' }), runCli)).toBe(2)
    expect(main(createFakeOs({ args: ['--help'], stdoutFails: 'EPIPE' }), runCli)).toBe(2)
  })

  test('what is typed is not looked at where CNI_COMMAND is set', () => {
    const os = createFakeOs({ args: ['--help'], env: { CNI_COMMAND: 'VERSION' } })
    expect([main(os, runCli), JSON.parse(os.stdout()).cniVersion]).toEqual([0, '1.1.0'])
  })
})

describe('a command that its version of the protocol does not have is refused', () => {
  test.each([
    ['CHECK', '0.3.1', '0.4.0'],
    ['CHECK', '0.1.0', '0.4.0'],
    ['GC', '1.0.0', '1.1.0'],
    ['STATUS', '1.0.0', '1.1.0'],
    ['STATUS', '0.4.0', '1.1.0'],
  ])('%s in %s', (command, cniVersion, since) => {
    const { exitCode, answer } = ask(command, { conf: { cniVersion } })
    expect(exitCode).toBe(1)
    expect(answer).toEqual(
      errorDocument(
        1,
        `${command} is not in version ${cniVersion} of the CNI specification`,
        `it came with ${since}; raise "cniVersion" in the conflist`,
        cniVersion,
      ),
    )
  })

  test.each([
    ['CHECK', '0.4.0'],
    ['GC', '1.1.0'],
    ['STATUS', '1.1.0'],
    ['ADD', '0.1.0'],
    ['DEL', '0.1.0'],
  ])('and %s in %s is not', (command, cniVersion) => {
    const conf = { cniVersion, 'cni.dev/valid-attachments': null }
    expect(ask(command, { conf }).exitCode).toBe(0)
  })
})

describe('an error is one document', () => {
  test.each([
    ['of the latest version where none is known', 'ADD', '{', '1.1.0', 6],
    ['of the latest version where it is not supported', 'ADD', formatConf({ cniVersion: '9.9.9' }), '1.1.0', 1],
    ['of the version of the request', 'ADD', formatConf({ cniVersion: '0.4.0', sysctl: 1 }), '0.4.0', 6],
    ['of the implied version', 'ADD', formatConf({ cniVersion: undefined, sysctl: 1 }), '0.1.0', 6],
    ['for a command that is not known', 'UPDATE', formatConf({ cniVersion: '0.4.0' }), '1.1.0', 4],
    ['for GC without a name', 'GC', formatConf({ name: undefined }), '1.1.0', 7],
  ])('%s', (_, command, stdin, cniVersion, code) => {
    const { exitCode, stdout, answer } = ask(command, { stdin })
    expect([exitCode, stdout.endsWith('}\n'), stdout.split('\n').length]).toEqual([1, true, 2])
    expect(answer).toMatchObject({ cniVersion, code })
  })

  test.each(['ADD', 'CHECK', 'DEL', 'GC', 'STATUS'])(
    'with code 6 where the stdin of %s is nested too deep',
    (command) => {
      const stdin = `{"cniVersion":"1.1.0","name":"n","x":${'['.repeat(500)}${']'.repeat(500)}}`
      const { exitCode, answer } = ask(command, { stdin })
      expect([exitCode, answer]).toMatchObject([
        1,
        { code: 6, msg: expect.stringContaining('is nested deeper than 500') },
      ])
    },
  )

  test('with code 5 where stdin cannot be read', () => {
    expect(ask('ADD', { stdin: { fails: 'EIO' } }).answer).toEqual(errorDocument(5, 'read /dev/stdin: EIO'))
  })

  test('with code 999 for a bug, whose stack is on stderr', () => {
    const os = { ...createFakeOs({ env: envOf('ADD') }), readStdin: () => failWith(new TypeError('x is undefined')) }
    expect(main(os, runCli)).toBe(1)
    expect(JSON.parse(os.stdout())).toEqual(
      errorDocument(
        999,
        'a bug in netns-sysctl: x is undefined',
        'please report it, with the lines that the plugin wrote to stderr',
      ),
    )
    expect(os.stderr()).toMatch(/^netns-sysctl: TypeError: x is undefined\n {4}at /)
  })

  test('with code 999 for what is thrown and no error', () => {
    const os = { ...createFakeOs({ env: envOf('ADD') }), readStdin: () => failWith('x') }
    expect(main(os, runCli)).toBe(1)
    expect(JSON.parse(os.stdout())).toMatchObject({ code: 999, msg: 'a bug in netns-sysctl: x' })
    expect(os.stderr()).toBe('netns-sysctl: x\n')
  })
})

describe('a stdout that nobody reads', () => {
  const machines: [string, FakeMachine, number, string][] = [
    ['fails ADD', { env: envOf('ADD'), stdoutFails: 'EPIPE' }, 1, 'netns-sysctl: stdout cannot be written: EPIPE\n'],
    [
      'fails VERSION',
      { env: envOf('VERSION'), stdoutFails: 'EIO' },
      1,
      'netns-sysctl: stdout cannot be written: EIO\n',
    ],
    ['is no matter where nothing is said', { env: envOf('DEL'), stdin: formatConf(), stdoutFails: 'EPIPE' }, 0, ''],
    ['fails, and stderr with it', { env: envOf('ADD'), stdoutFails: 'EPIPE', stderrFails: 'EPIPE' }, 1, ''],
  ]
  test.each(machines)('%s', (_, machine, exitCode, stderr) => {
    const os = createFakeOs(machine)
    expect([main(os, runCli), os.stdout(), os.stderr()]).toEqual([exitCode, '', stderr])
  })
})

function failWith(error: unknown): never {
  throw error
}
