import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { parseDocument } from '../helpers/document.ts'
import { callPlugin, EXECUTABLE, outcomeOf } from '../helpers/executable.ts'
import { createNetns, run } from '../helpers/netns.ts'
import { envOf, errorDocument, formatConf, PREV_RESULT } from '../helpers/requests.ts'
import { start } from './start.ts'

const netns = await createNetns()
afterAll(() => netns.close())

/** Runs a line of shell in which "$0" is the executable. */
const inShell = (line: string) => (executable: string) => ['sh', '-c', line, executable] as const
const VERSION = { supportedVersions: ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] }
/** An ADD that logs a line. */
const LOGS = { sysctl: { '-net.core.no_such_key': 1 } }
const LOGGED = 'netns-sysctl: net.core.no_such_key: not set (ENOENT), ignored because of its "-"\n'

describe('stdin', () => {
  const conf = Buffer.from(formatConf({ prevResult: { cniVersion: '1.1.0', note: 'žluťoučký kůň' } }))
  const answer = { cniVersion: '1.1.0', note: 'žluťoučký kůň' }
  const env = { ...envOf('ADD'), CNI_NETNS: netns.path }

  test('is read to its end when it comes byte by byte, within characters too', async () => {
    const plugin = start(netns.hostCommand([EXECUTABLE]), env)
    for (const byte of conf) {
      plugin.stdin.write(Uint8Array.of(byte))
      await sleep(0)
    }
    plugin.stdin.end()

    const { status, stdout } = await plugin.ended
    expect({ exitCode: status, answer: parseDocument(stdout) }).toEqual({ exitCode: 0, answer })
  })

  test('is waited for when it is a pipe that does not block', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'netns-sysctl-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const fifo = join(directory, 'stdin')
    run(['mkfifo', fifo])
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(fifo, constants.O_WRONLY)
    // Node makes the descriptors 0 to 2 of a child blocking; 3 stays as it is.
    const plugin = start(netns.hostCommand(['sh', '-c', 'exec "$0" <&3 3<&-', EXECUTABLE]), env, reader)
    closeSync(reader)
    for (const part of [conf.subarray(0, 5), conf.subarray(5)]) {
      await sleep(100)
      writeSync(writer, part)
    }
    await sleep(50)
    closeSync(writer)

    const { status, stdout } = await plugin.ended
    expect({ exitCode: status, answer: parseDocument(stdout) }).toEqual({ exitCode: 0, answer })
  })

  test.each([
    ['a byte that no character has', [0x7b, 0xff, 0x7d]],
    ['half a character', [0x22, 0xc3, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('is refused with %s', (_, bytes) => {
    expect(outcomeOf(netns, 'ADD', { stdin: Uint8Array.from(bytes) })).toEqual({
      exitCode: 1,
      answer: errorDocument(6, 'stdin is not UTF-8', 'JSON is UTF-8 (RFC 8259, section 8.1)'),
    })
  })

  test('is refused above 32 MB', () => {
    expect(outcomeOf(netns, 'ADD', { stdin: Buffer.alloc(33 * 1024 * 1024, ' ') })).toEqual({
      exitCode: 1,
      answer: errorDocument(6, 'stdin is too large', 'at most 33554432 bytes are read'),
    })
  })

  test.each([
    ['closed', '"$0" <&-', 6, 'stdin is empty', 'a runtime writes the network configuration to stdin'],
    ['a directory', '"$0" </', 5, 'read /dev/stdin: EISDIR', ''],
  ])('is refused when it is %s', (_, line, code, msg, details) => {
    expect(outcomeOf(netns, 'ADD', { wrap: inShell(line) })).toEqual({
      exitCode: 1,
      answer: errorDocument(code, msg, details),
    })
  })

  test('need not be read for VERSION to be answered', () => {
    expect(outcomeOf(netns, 'VERSION', { wrap: inShell('"$0" </dev/null') })).toEqual({
      exitCode: 0,
      answer: { cniVersion: '1.1.0', ...VERSION },
    })
  })
})

describe('stdout', () => {
  // The exit code goes to stderr, and the plugin's log nowhere.
  const CLOSED = '{ sleep 0.2; "$0" 2>/dev/null; echo "exit $?" >&2; } | true'

  test.each(['ADD', 'VERSION'])('whose reader is gone makes %s fail', (command) => {
    const { stderr, stdout } = callPlugin(netns, command, { wrap: inShell(CLOSED) })
    expect({ stderr, stdout }).toEqual({ stderr: 'exit 1\n', stdout: '' })
  })

  test('that is full makes ADD fail, and the log tells why', () => {
    expect(callPlugin(netns, 'ADD', { wrap: inShell('"$0" >/dev/full') })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'netns-sysctl: stdout cannot be written: ENOSPC\n',
    })
  })

  test('that is read slowly gets the whole of a large result', () => {
    const prevResult = { cniVersion: '1.1.0', text: 'x'.repeat(1_000_000) }
    expect(outcomeOf(netns, 'ADD', { conf: { prevResult }, wrap: inShell('"$0" | { sleep 0.3; cat; }') })).toEqual({
      exitCode: 0,
      answer: prevResult,
    })
  })
})

describe('stderr', () => {
  test('gets the log, a line each', () => {
    expect(callPlugin(netns, 'ADD', { conf: LOGS })).toEqual({
      status: 0,
      stdout: `${JSON.stringify(PREV_RESULT)}\n`,
      stderr: LOGGED,
    })
  })

  test.each([
    ['closed', '"$0" 2>&-'],
    ['full', '"$0" 2>/dev/full'],
    ['without a reader', '{ { sleep 0.2; "$0" 2>&3; } 3>&1 >&4 | true; } 4>&1'],
  ])('may be %s', (_, line) => {
    expect(outcomeOf(netns, 'ADD', { conf: LOGS, wrap: inShell(line) })).toEqual({ exitCode: 0, answer: PREV_RESULT })
  })
})

describe('without CNI_COMMAND', () => {
  const about = (args: readonly string[]) =>
    callPlugin(netns, '', { env: { CNI_COMMAND: undefined }, stdin: '', wrap: (executable) => [executable, ...args] })
  const TEXT = `CNI protocol versions supported: ${VERSION.supportedVersions.join(', ')}\n`

  test.each([
    ['without arguments', [], 'stderr'],
    ['with --help', ['--help'], 'stdout'],
  ] as const)('$0 it tells on $2 what it is', (_, args, stream) => {
    const ran = about(args)
    const other = stream === 'stdout' ? 'stderr' : 'stdout'
    expect({ status: ran.status, other: ran[other] }).toEqual({ status: 0, other: '' })
    expect(ran[stream]).toMatch(/^CNI netns-sysctl plugin \d+\.\d+\.\d+/)
    expect(ran[stream]).toContain(TEXT)
  })

  test('an argument that it does not know is refused', () => {
    const { status, stdout, stderr } = about(['--frob'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^netns-sysctl: there is no command "--frob"; there are .+\n$/)
  })

  test('--version prints the version alone', () => {
    const { status, stdout, stderr } = about(['--version'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
