import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { newFolder, type, typeUnprivileged } from '../helpers/operator.ts'

const BEFORE = `{
  "cniVersion": "1.0.0",
  "name": "x",
  "plugins": [
    { "type": "bridge", "mtu": 1e3, "é": "\\u00e9" }
  ]
}
`
const SYSCTL = ['--sysctl', 'net.core.somaxconn=16384'] as const

let bin: string
let conf: string
let list: string
beforeEach(() => {
  const folder = newFolder()
  bin = join(folder, 'bin')
  conf = join(folder, 'net.d')
  for (const each of [bin, conf]) mkdirSync(each)
  list = join(conf, '10-x.conflist')
  writeFileSync(list, BEFORE)
})

const target = () => join(bin, 'netns-sysctl')
const install = (...args: readonly string[]) => type(['install', '--bin-dir', bin, ...args])
const uninstall = (...args: readonly string[]) => type(['uninstall', '--bin-dir', bin, ...args])
const isSame = (path: string) => readFileSync(path).equals(readFileSync(EXECUTABLE))
const traceOf = (path: string) => {
  const { ino, mtimeMs, mode } = statSync(path)
  return { ino, mtimeMs, mode: mode & 0o7777 }
}

describe('the executable', () => {
  test('copies itself, and the copy works', () => {
    expect(install()).toEqual({ status: 0, stdout: `copied itself to ${target()}\n`, stderr: '' })
    expect([isSame(target()), traceOf(target()).mode, readdirSync(bin)]).toEqual([true, 0o755, ['netns-sysctl']])
    expect(type(['--version'], { executable: target() })).toEqual(type(['--version']))
  })

  test('is left alone where it is the same, by itself too', () => {
    install()
    const before = traceOf(target())
    const said = { status: 0, stdout: `is as it should be: ${target()}\n`, stderr: '' }
    expect(install()).toEqual(said)
    expect(type(['install', '--bin-dir', bin], { executable: target() })).toEqual(said)
    expect(traceOf(target())).toEqual(before)
  })

  test.each<[string, () => void]>([
    ['other bytes', () => writeFileSync(target(), 'old')],
    ['the same length', () => writeFileSync(target(), Buffer.alloc(statSync(EXECUTABLE).size))],
    ['no right to execute it', () => chmodSync(target(), 0o644)],
  ])('replaces one with %s', (_, spoil) => {
    copyFileSync(EXECUTABLE, target())
    spoil()
    expect(install().stdout).toBe(`copied itself to ${target()}\n`)
    expect([isSame(target()), traceOf(target()).mode]).toEqual([true, 0o755])
  })

  test('takes the place of one that runs, which goes on', async () => {
    copyFileSync(EXECUTABLE, target())
    appendFileSync(target(), 'older')
    const running = spawn(target(), {
      env: { ...process.env, CNI_COMMAND: 'VERSION' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = once(running, 'exit')
    let answer = ''
    running.stdout.on('data', (text) => {
      answer += text
    })
    running.stdin.write('{"cniVersion":')
    expect(install().status).toBe(0)
    expect(isSame(target())).toBe(true)
    running.stdin.end('"0.4.0"}')
    expect(await ended).toEqual([0, null])
    expect(JSON.parse(answer)).toMatchObject({ cniVersion: '0.4.0' })
  })

  test('leaves nothing behind where there is no room', () => {
    const script = 'mount -n -t tmpfs -o size=1m tmpfs "$1" && "$0" install --bin-dir "$1"; echo "$?"; ls -A "$1"'
    const ran = run(['unshare', '--mount', '--map-root-user', 'sh', '-c', script, EXECUTABLE, bin])
    expect(ran.stderr).toBe(`netns-sysctl: ${target()}: no space is left on the device (ENOSPC)\n`)
    expect(ran.stdout).toBe('2\n')
  })

  test('wants a folder that is there', () => {
    expect(type(['install', '--bin-dir', join(bin, 'no')])).toEqual({
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: there is no folder ${bin}/no; give that of this node's CNI plugins with --bin-dir\n`,
    })
  })
})

describe('the conflist', () => {
  test.each([0o600, 0o644, 0o640])('gets the entry and keeps its mode %i, and uninstall takes all back', (mode) => {
    chmodSync(list, mode)
    expect(install('--into', list, ...SYSCTL)).toMatchObject({ status: 0, stderr: '' })
    const installed = readFileSync(list, 'utf8')
    expect(installed).toContain('"mtu": 1e3, "é": "\\u00e9" },\n    {\n      "type": "netns-sysctl",\n')
    expect([traceOf(list).mode, readdirSync(conf)]).toEqual([mode, ['10-x.conflist']])
    expect(uninstall('--into', list)).toMatchObject({ status: 0, stderr: '' })
    expect([readFileSync(list, 'utf8'), traceOf(list).mode]).toEqual([BEFORE, mode])
    expect([readdirSync(conf), readdirSync(bin)]).toEqual([['10-x.conflist'], []])
  })

  test('is left alone the second time', () => {
    install('--into', list, ...SYSCTL)
    const before = traceOf(list)
    const said = `is as it should be: ${target()}\nis as it should be: ${list}\n`
    expect(install('--into', list, ...SYSCTL)).toEqual({ status: 0, stdout: said, stderr: '' })
    expect(traceOf(list)).toEqual(before)
  })

  test('is only shown with --dry-run', () => {
    const before = traceOf(list)
    const { status, stdout } = install('--into', list, ...SYSCTL, '--dry-run')
    expect(status).toBe(0)
    expect(stdout).toContain(`would copy itself to ${target()}\nwould edit ${list}\n-    { "type": "bridge"`)
    expect([traceOf(list), readFileSync(list, 'utf8'), readdirSync(bin)]).toEqual([before, BEFORE, []])
  })

  test('lints without a finding afterwards', () => {
    install('--into', list, ...SYSCTL, '--inherit', 'net.ipv4.tcp_keepalive_*')
    expect(type(['lint', list]).status).toBe(0)
  })

  test('may be named from where one is', () => {
    const { status } = run([
      'sh',
      '-c',
      'cd "$1" && exec "$0" install --bin-dir ../bin --into 10-x.conflist --inherit net.core.somaxconn',
      EXECUTABLE,
      conf,
    ])
    expect([status, readdirSync(conf)]).toEqual([0, ['10-x.conflist']])
    const away = run([
      'sh',
      '-c',
      'cd "$1" && exec "$0" uninstall --bin-dir ../bin --into 10-x.conflist',
      EXECUTABLE,
      conf,
    ])
    expect([away.status, readFileSync(list, 'utf8')]).toEqual([0, BEFORE])
  })

  test('behind a symbolic link is refused: whoever made the link may make the file anew', () => {
    const link = join(conf, '05-link.conflist')
    symlinkSync(list, link)
    expect(install('--into', link, ...SYSCTL)).toEqual({
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: ${link}: is a symbolic link; give the file that it points to\n`,
    })
    expect([readFileSync(list, 'utf8'), readdirSync(bin)]).toEqual([BEFORE, []])
  })

  test('on a read-only file system is refused before anything is done', () => {
    const script = 'mount -n --bind "$1" "$1" && mount -n -o remount,bind,ro "$1" && shift && exec "$0" "$@"'
    const args = ['install', '--bin-dir', bin, '--into', list, ...SYSCTL]
    const ran = run(['unshare', '--mount', '--map-root-user', 'sh', '-c', script, EXECUTABLE, conf, ...args])
    expect(ran).toEqual({
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: ${list}: is on a read-only file system (EROFS)\n`,
    })
    expect(readdirSync(bin)).toEqual([])
  })

  test('that another configuration beside it needs the executable for is not touched', () => {
    const other = join(conf, '20-y.conflist')
    install('--into', list, ...SYSCTL)
    copyFileSync(list, other)
    const before = readFileSync(list, 'utf8')
    const { status, stderr } = uninstall('--into', list)
    expect([status, stderr]).toEqual([
      2,
      `netns-sysctl: ${other}: still names netns-sysctl, and its pods would not start; take it out first, --into\n`,
    ])
    expect([readFileSync(list, 'utf8'), readdirSync(bin)]).toEqual([before, ['netns-sysctl']])
  })

  test('is not for others than root', () => {
    chmodSync(join(bin, '..'), 0o755)
    const { status, stderr } = typeUnprivileged(['install', '--bin-dir', bin, '--into', list, ...SYSCTL])
    expect([status, stderr]).toEqual([2, `netns-sysctl: ${list}: permission denied; run it as root (EACCES)\n`])
    expect([readFileSync(list, 'utf8'), readdirSync(bin)]).toEqual([BEFORE, []])
  })
})
