import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Command } from '../helpers/executable.ts'
import { type Ran, run } from '../helpers/netns.ts'

const ROOT = join(import.meta.dirname, '../..')
const REQUIREMENTS = join(ROOT, '.ci/requirements.mjs')
const FOLDERS = ['/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Usually 0.3 s; a build or a download takes longer, even where many tests run at once. */
const AT_ONCE_MS = 15_000

describe('what is missing is said in one line, before any work', () => {
  test.each([
    ['start', 'ip', 'iproute2'],
    ['test', 'ip', 'iproute2'],
    ['test', 'strace', 'strace'],
    ['build:native', 'gcc', 'gcc'],
    ['build:native', 'musl-gcc', 'musl-tools'],
    ['build:native', 'objcopy', 'binutils'],
    ['release', 'gcc', 'gcc'],
    ['release', 'strip', 'binutils'],
    ['release', 'aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'],
    ['release', 'qemu-aarch64-static', 'qemu-user-static'],
    ['test:release', 'readelf', 'binutils'],
    ['test:native', 'musl-gcc', 'musl-tools'],
    ['test:runtimes', 'podman', 'podman'],
    ['bench', 'musl-gcc', 'musl-tools'],
    ['fuzz', 'afl-fuzz', 'afl++'],
    ['test:fresh', 'debootstrap', 'debootstrap'],
  ])('npm run %s without %s', (script, tool, name) => {
    const started = Date.now()
    const { status, stdout, stderr } = runWithout([tool], ['sh', '-c', scripts[`pre${script}`] ?? 'false'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/^missing: /)
    const [tools = '', packages = ''] = stderr
      .replace('missing: ', '')
      .split('; on Debian and Ubuntu: apt-get install ')
    expect(tools.split(', ')).toContain(tool)
    expect(packages.trim().split(' ')).toContain(name)
    expect(Date.now() - started).toBeLessThan(AT_ONCE_MS)
  })

  test('several at once', () => {
    const { status, stderr } = runWithout(['ip', 'unshare', 'nsenter'], ['node', REQUIREMENTS, 'start'])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'missing: unshare, nsenter, ip; on Debian and Ubuntu: apt-get install util-linux iproute2\n',
    })
  })

  test('without the native build from Debian, no apt-get is asked for', () => {
    const ask = (env: NodeJS.ProcessEnv) => runWithout(['apt-get'], ['node', REQUIREMENTS, 'native'], env)
    expect(ask({}).stderr).toContain('apt-get')
    expect(ask({ QUICKJS_SRC: '/sources' }).stderr).not.toContain('missing: apt-get')
  })
})

test('a name that is none is refused', () => {
  const { status, stderr } = run(['node', REQUIREMENTS, 'tests'])
  expect(status).toBe(1)
  expect(stderr).toContain('tests is not one of installed, all, ')
})

test('the README installs what the table names, and nothing else', () => {
  const { stdout } = run(['node', REQUIREMENTS, '--packages', 'start', 'test'])
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  expect(readme).toContain(`apt-get install -y --no-install-recommends ${stdout.trim()} nodejs npm\n`)
})

/** npm runs `preX` before `X`. */
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts

/** All commands of this machine. */
const folder = mkdtempSync(join(tmpdir(), 'path-'))
for (const from of FOLDERS) for (const name of readdirSync(from)) tryLink(join(from, name), join(folder, name))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command with a PATH of everything on this machine but some tools. */
function runWithout(tools: readonly string[], command: Command, env: NodeJS.ProcessEnv = {}): Ran {
  const targets = tools.map((tool) => [tool, linkOf(join(folder, tool))] as const)
  for (const tool of tools) rmSync(join(folder, tool), { force: true })
  try {
    return run(command, { env: { PATH: folder, QUICKJS_SRC: undefined, ...env } })
  } finally {
    for (const [tool, target] of targets) if (target !== undefined) symlinkSync(target, join(folder, tool))
  }
}

/** The first of a name counts, as in PATH. */
function tryLink(from: string, to: string): void {
  if (linkOf(to) === undefined) symlinkSync(from, to)
}

function linkOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false }) && readlinkSync(path)
}
