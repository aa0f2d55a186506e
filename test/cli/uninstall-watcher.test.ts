import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasOwnEntry } from '../helpers/agents.ts'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { type NodeFolders, newNode } from '../helpers/node-folders.ts'
import { type } from '../helpers/operator.ts'
import { killWatchers, startWatcher, until } from '../helpers/watcher.ts'

const BARE = '{"cniVersion":"1.0.0","name":"x","plugins":[{"type":"bridge"}]}\n'
const SYSCTL = ['--sysctl', 'net.core.somaxconn=16384']

let node: NodeFolders
let list: string
beforeEach(() => {
  node = newNode()
  list = join(node.confDir, '10-x.conflist')
  writeFileSync(list, BARE)
})
afterEach(killWatchers)

const watch = (state?: string) => startWatcher(node, ['--conf-dir', node.confDir, ...SYSCTL], state)
const uninstall = (...args: string[]) => type(['uninstall', '--bin-dir', node.binDir, '--into', list, ...args])

test('uninstall says that a watcher would put all back, and how to end it; then it is done', async () => {
  const watcher = watch()
  await watcher.ready()
  for (const options of [[], ['--dry-run']]) {
    const { status, stdout, stderr } = uninstall(...options)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`netns-sysctl: a watcher (install --watch) is at work in ${node.confDir}: process `)
    // Other tests have watchers at the same time.
    expect(stderr).toContain(` process ${watcher.pid} (`)
    expect(stderr).toContain('it would undo this, so end it first. Nothing was changed\n')
  }
  expect(hasOwnEntry(list)).toBe(true)
  await watcher.end()
  expect(uninstall()).toMatchObject({ status: 0, stderr: '' })
  expect(readFileSync(list, 'utf8')).toBe(BARE)
})

test('a watcher that was killed is none', async () => {
  const watcher = watch()
  await watcher.ready()
  await watcher.end('SIGKILL')
  expect(uninstall()).toMatchObject({ status: 0, stderr: '' })
})

test('with --force it is done all the same, and the watcher puts it back, which is said', async () => {
  const watcher = watch()
  await watcher.ready()
  const { status, stdout } = uninstall('--force')
  expect(status).toBe(1)
  expect(stdout).toContain(`warning: a watcher (install --watch) is at work in ${node.confDir}: `)
  await until(() => hasOwnEntry(list), watcher.stderr)
})

test('the watcher of another folder does not count', async () => {
  const other = newNode()
  writeFileSync(join(other.confDir, '10-y.conflist'), BARE)
  const watcher = startWatcher(other, ['--conf-dir', other.confDir, ...SYSCTL])
  await watcher.ready()
  type(['install', '--unchecked', '--bin-dir', node.binDir, '--into', list, ...SYSCTL])
  expect(uninstall()).toMatchObject({ status: 0, stderr: '' })
})

test('it is seen through a mount of another mount namespace, as a container has', async () => {
  const watcher = watch()
  await watcher.ready()
  const script = 'mount -n --bind "$1" /mnt && shift && exec "$@"'
  const words = ['uninstall', '--bin-dir', node.binDir, '--conf-dir', '/mnt', '--into', '/mnt/10-x.conflist']
  const ran = run(['unshare', '--mount', 'sh', '-c', script, 'sh', node.confDir, EXECUTABLE, ...words])
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('is at work in /mnt: ') })
})

test('a folder that takes the place of the watched one is watched too', async () => {
  const watcher = watch()
  await watcher.ready()
  renameSync(node.confDir, `${node.confDir}.old`)
  run(['cp', '-a', `${node.confDir}.old`, node.confDir])
  writeFileSync(list, BARE)
  await until(() => hasOwnEntry(list), watcher.stderr)
  await until(() => uninstall('--dry-run').stderr.includes('a watcher (install --watch) is at work'), watcher.stderr)
})

test('install beside it, and a second watcher, are told', async () => {
  const watcher = watch()
  await watcher.ready()
  const args = ['install', '--unchecked', '--bin-dir', node.binDir, '--into', list, '--inherit', 'net.core.somaxconn']
  expect(type(args).stdout).toContain('if it keeps the same file, it puts its own entry back')
  const second = watch('second')
  await until(() => second.stderr().includes('another watcher is at work in'), second.stderr)
  await watcher.end()
  // It uses the folder from its next look on.
  writeFileSync(list, BARE)
  await until(() => uninstall('--dry-run').stderr.includes(`process ${second.pid} (`), second.stderr)
})
