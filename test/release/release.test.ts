import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNetns, type Ran, readSysctl, run } from '../helpers/netns.ts'
import { envOf, formatConf } from '../helpers/requests.ts'

const DIST = join(import.meta.dirname, '../../dist')
const { version } = JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { version: string }

/** What starts an executable of an architecture on x86-64: for arm64, qemu with Debian's cross libraries. */
const STARTERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  amd64: ['env'],
  arm64: ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
}

describe.each(Object.entries(STARTERS))('the release for %s', (arch, [starter, ...options]) => {
  const name = `netns-sysctl-linux-${arch}-v${version}.tgz`
  const folder = mkdtempSync(join(tmpdir(), 'netns-sysctl-release-'))
  const command = [starter, ...options, join(folder, 'netns-sysctl')] as const
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  beforeAll(() => {
    expect(spawnSync('tar', ['-xzf', join(DIST, name), '-C', folder]).status).toBe(0)
  })

  test('has the checksum that stands beside it', () => {
    const digest = createHash('sha256')
      .update(readFileSync(join(DIST, name)))
      .digest('hex')
    expect(readFileSync(join(DIST, `${name}.sha256`), 'utf8')).toBe(`${digest}  ${name}\n`)
  })

  test('has the executable, the license and the README, as files of root', () => {
    const { stdout } = run(['tar', '--list', '--verbose', '--numeric-owner', '--file', join(DIST, name)])
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
    expect(entries.map(([mode, owner, , , , path]) => [mode, owner, path])).toEqual([
      ['drwxr-xr-x', '0/0', './'],
      ['-rw-r--r--', '0/0', './LICENSE'],
      ['-rw-r--r--', '0/0', './README.md'],
      ['-rwxr-xr-x', '0/0', './netns-sysctl'],
    ])
  })

  test('says its version', () => {
    expect(run([...command, '--version'])).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    })
  })

  test('answers VERSION', () => {
    const { status, stdout } = run(command, { env: { CNI_COMMAND: 'VERSION' }, input: '{"cniVersion":"1.0.0"}' })
    expect({ status, answer: JSON.parse(stdout) }).toMatchObject({ status: 0, answer: { cniVersion: '1.0.0' } })
  })

  test('sets a sysctl, and refuses what is no network namespace', async () => {
    const netns = await createNetns()
    try {
      const add = (path: string): Ran => {
        const conf = { sysctl: { 'net.core.somaxconn': 1234 }, dataDir: join(folder, 'records') }
        return netns.onHost(command, { env: { ...envOf('ADD'), CNI_NETNS: path }, input: formatConf(conf) })
      }
      expect(add(netns.path.replace(/net$/, 'mnt')).stdout).toContain('"code":8')
      expect(add(netns.path)).toMatchObject({ status: 0, stderr: '' })
      expect(readSysctl(netns, '/proc/sys/net/core/somaxconn')).toBe('1234')
    } finally {
      await netns.close()
    }
  })
})
