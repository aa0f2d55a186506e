import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { newFolder, type, typeOnTerminal } from '../helpers/operator.ts'

const ESCAPE = '\u001b['
const CTRL_C = '\u0003'

describe('colours are', () => {
  test.each([
    ['on on a terminal', {}, true],
    ['off with NO_COLOR', { NO_COLOR: '1' }, false],
    ['off with TERM=dumb', { TERM: 'dumb' }, false],
  ])('%s', (_, env, isOn) => {
    const { status, stdout } = typeOnTerminal(['explain', 'net.core.somaxconn'], env)
    expect([status, stdout.includes(`${ESCAPE}1mSYSCTL${ESCAPE}0m`)]).toEqual([0, isOn])
    expect(stdout).toContain('net.core.somaxconn')
  })

  test('off where stdout is none, though stderr and stdin may be', () => {
    const { stdout } = type(['explain', 'net.core.somaxconn'], { env: { TERM: 'xterm' } })
    expect(stdout).toContain('net.core.somaxconn')
    expect(stdout).not.toContain(ESCAPE)
  })

  test('off in JSON', () => {
    const { stdout } = typeOnTerminal(['explain', 'net.core.somaxconn', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ sysctls: [{ key: 'net.core.somaxconn' }] })
  })
})

test('the exit code of lint is the same on a terminal, and its findings are coloured', () => {
  const file = join(newFolder(), 'x.conflist')
  writeFileSync(file, '{}')
  const { status, stdout } = typeOnTerminal(['lint', file])
  expect(status).toBe(1)
  expect(stdout).toBe(
    `${ESCAPE}1m${file}:1:1:${ESCAPE}0m ${ESCAPE}33mwarning${ESCAPE}0m: there is no plugin of type netns-sysctl in it\n`,
  )
})

test('a reader that leaves early is no matter', () => {
  const { stdout, stderr } = run(['sh', '-c', '"$0" explain "net.ipv4.conf.*.*" | head -n 1', EXECUTABLE])
  expect(stdout).toMatch(/^Linux /)
  expect(stderr).toBe('')
})

test('Ctrl-C ends queues --watch, with the exit code of its last look, and leaves the terminal as it was', async () => {
  // The shell that waits ignores SIGINT; the command does not.
  const script = `before=$(stty -g); trap : INT; "$0" queues --watch --interval 0.2
    echo "exit $?"; [ "$before" = "$(stty -g)" ] && echo "as it was"`
  const command = `sh -c '${script}' '${EXECUTABLE}'`
  const { CNI_COMMAND: _, ...env } = process.env
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let stdout = ''
  const countScreens = () => stdout.split(`${ESCAPE}H${ESCAPE}2J`).length - 1
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const before = countScreens()
    stdout += text
    if (before < 3 && countScreens() >= 3) child.stdin.write(CTRL_C)
  })
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  expect(stdout).toMatch(/every 0\.2 s; Ctrl-C ends it/)
  expect(stdout.replaceAll('\r', '')).toMatch(/exit (130|[01])\nas it was\n$/)
})
