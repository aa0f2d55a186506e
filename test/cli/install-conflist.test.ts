import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { isRoot, run } from '../helpers/netns.ts'
import { type NodeFolders, newNode, traceOf } from '../helpers/node-folders.ts'
import { type, typeUnprivileged } from '../helpers/operator.ts'

const BEFORE = `{
  "cniVersion": "1.0.0",
  "name": "x",
  "plugins": [
    { "type": "bridge", "mtu": 1e3, "é": "\\u00e9" }
  ]
}
`
const SYSCTL = ['--sysctl', 'net.core.somaxconn=16384'] as const

let node: NodeFolders
let list: string
beforeEach(() => {
  node = newNode()
  list = join(node.confDir, '10-x.conflist')
  writeFileSync(list, BEFORE)
})

/** Runs a command of the package attr. */
function attr(...command: readonly [string, ...string[]]): string {
  try {
    const { status, stdout, stderr } = run(command)
    if (status === 0) return stdout
    throw new Error(stderr)
  } catch (error) {
    throw new Error(`${command[0]} failed: install it (apt-get install attr)`, { cause: error })
  }
}

const install = (...args: readonly string[]) => type(['install', '--bin-dir', node.binDir, ...args])
const uninstall = (...args: readonly string[]) => type(['uninstall', '--bin-dir', node.binDir, ...args])

describe('the conflist', () => {
  test.each([0o600, 0o644, 0o640])('gets the entry and keeps its mode %i, and uninstall takes all back', (mode) => {
    chmodSync(list, mode)
    expect(install('--into', list, ...SYSCTL)).toMatchObject({ status: 0, stderr: '' })
    const installed = readFileSync(list, 'utf8')
    expect(installed).toContain('"mtu": 1e3, "é": "\\u00e9" },\n    {\n      "type": "netns-sysctl",\n')
    expect([traceOf(list).mode, readdirSync(node.confDir)]).toEqual([mode, ['10-x.conflist']])
    expect(uninstall('--into', list)).toMatchObject({ status: 0, stderr: '' })
    expect([readFileSync(list, 'utf8'), traceOf(list).mode]).toEqual([BEFORE, mode])
    expect([readdirSync(node.confDir), readdirSync(node.binDir)]).toEqual([['10-x.conflist'], []])
  })

  test('keeps its owner, its group and its extended attributes', () => {
    // Only root may give a file away.
    if (isRoot) chownSync(list, 12, 34)
    const { uid, gid } = statSync(list)
    attr('setfattr', '-n', 'user.label', '-v', 'system_u:object_r:etc_t', list)
    expect(install('--into', list, ...SYSCTL).status).toBe(0)
    expect(statSync(list)).toMatchObject({ uid, gid })
    expect(attr('getfattr', '--only-values', '-n', 'user.label', list)).toBe('system_u:object_r:etc_t')
  })

  test('is not written by way of a name that others know: what is there stays as it is', () => {
    const others = join(node.confDir, 'others')
    writeFileSync(others, 'kept')
    linkSync(others, `${list}.netns-sysctl~`)
    expect(install('--into', list, ...SYSCTL).status).toBe(0)
    expect([readFileSync(others, 'utf8'), readdirSync(node.confDir)]).toEqual(['kept', ['10-x.conflist', 'others']])
  })

  test('is left alone the second time', () => {
    install('--into', list, ...SYSCTL)
    const before = traceOf(list)
    // The folder of the network's own plugin.
    writeFileSync(join(node.binDir, 'bridge'), '')
    const said = `is as it should be: ${node.target}\nis as it should be: ${list}\n`
    expect(install('--into', list, ...SYSCTL)).toEqual({ status: 0, stdout: said, stderr: '' })
    expect(traceOf(list)).toEqual(before)
  })

  test('is only shown with --dry-run', () => {
    const before = traceOf(list)
    const { status, stdout } = install('--into', list, ...SYSCTL, '--dry-run')
    expect(status).toBe(0)
    expect(stdout).toContain(`would copy itself to ${node.target}\nwould edit ${list}\n-    { "type": "bridge"`)
    expect([traceOf(list), readFileSync(list, 'utf8'), readdirSync(node.binDir)]).toEqual([before, BEFORE, []])
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
      node.confDir,
    ])
    expect([status, readdirSync(node.confDir)]).toEqual([0, ['10-x.conflist']])
    const away = run([
      'sh',
      '-c',
      'cd "$1" && exec "$0" uninstall --bin-dir ../bin --into 10-x.conflist',
      EXECUTABLE,
      node.confDir,
    ])
    expect([away.status, readFileSync(list, 'utf8')]).toEqual([0, BEFORE])
  })

  test('behind a symbolic link is refused: whoever made the link may make the file anew', () => {
    const link = join(node.confDir, '05-link.conflist')
    symlinkSync(list, link)
    expect(install('--into', link, ...SYSCTL)).toEqual({
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: ${link}: is a symbolic link; give the file that it points to\n`,
    })
    expect([readFileSync(list, 'utf8'), readdirSync(node.binDir)]).toEqual([BEFORE, []])
  })

  test('on a read-only file system is refused before anything is done', () => {
    const script = 'mount -n --bind "$1" "$1" && mount -n -o remount,bind,ro "$1" && shift && exec "$0" "$@"'
    const args = ['install', '--bin-dir', node.binDir, '--into', list, ...SYSCTL]
    const ran = run(['unshare', '--mount', '--map-root-user', 'sh', '-c', script, EXECUTABLE, node.confDir, ...args])
    expect(ran).toEqual({
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: ${list}: is on a read-only file system (EROFS)\n`,
    })
    expect(readdirSync(node.binDir)).toEqual([])
  })

  test('beside another that names the executable leaves that in its folder', () => {
    const other = join(node.confDir, '20-y.conflist')
    install('--into', list, ...SYSCTL)
    copyFileSync(list, other)
    const first = uninstall('--into', list)
    expect([first.status, first.stdout]).toEqual([
      0,
      expect.stringContaining(`kept ${join(node.binDir, 'netns-sysctl')}: ${other} names it\n`),
    ])
    expect([readFileSync(list, 'utf8'), readdirSync(node.binDir)]).toEqual([BEFORE, ['netns-sysctl']])
    expect(uninstall('--into', other).status).toBe(0)
    expect([readFileSync(other, 'utf8'), readdirSync(node.binDir)]).toEqual([BEFORE, []])
  })

  test('is not for others than root', () => {
    chmodSync(join(node.binDir, '..'), 0o755)
    const args = ['install', '--bin-dir', node.binDir, '--into', list, ...SYSCTL]
    expect(typeUnprivileged(args)).toMatchObject({ status: 2, stderr: expect.stringContaining('--unchecked') })
    const { status, stderr } = typeUnprivileged([...args, '--unchecked'])
    expect([status, stderr.split('\n')[1]]).toEqual([
      2,
      `netns-sysctl: ${list}: permission denied; run it as root (EACCES)`,
    ])
    expect([readFileSync(list, 'utf8'), readdirSync(node.binDir)]).toEqual([BEFORE, []])
  })
})
