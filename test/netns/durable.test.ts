import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UNFINISHED } from '../../plugin/os/folder.ts'
import { newDataDir, recordPath } from '../helpers/data-dir.ts'
import { type Command, callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { createNetns, type Ran, run } from '../helpers/netns.ts'
import { newNode, traceOf } from '../helpers/node-folders.ts'
import { requireStrace } from '../helpers/strace.ts'

// A crash of the node leaves nothing half done: proven by the order of the system calls.

requireStrace()

const netns = await createNetns()
afterAll(() => netns.close())

const CALLS = 'open,openat,write,pwrite64,fchmod,fsync,rename,renameat,renameat2,unlink,unlinkat,close'

/** The lines of strace for a command. */
function trace(action: (wrap: (executable: string) => Command) => void): string[] {
  const log = join(tmpdir(), `durable-${process.pid}`)
  action((executable) => ['strace', '-f', '-qq', '-e', `trace=${CALLS}`, '-o', log, executable])
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  rmSync(log)
  return lines
}

/** The calls on the new file and then on its folder, in order. */
function stepsOf(lines: readonly string[], name: string): string[] {
  const isOfName = (line: string) => line.includes(`/${name}"`) || line.includes(` "${name}"`)
  const put = lines.findIndex((line) => /rename/.test(line) && line.includes(UNFINISHED) && isOfName(line))
  const [unfinished = ''] = /\.\d+-\d+\.netns-sysctl~/.exec(lines[put] ?? '') ?? []
  const start = lines.findLastIndex((line, index) => index < put && /O_CREAT/.test(line) && line.includes(unfinished))
  const [, at = '', flags = '', fd = ''] =
    /openat\(([^"]*"\/proc\/self\/fd\/\d+|\d+).*", (\S+), 0600\) += (\d+)/.exec(lines[start] ?? '') ?? []
  const folder = /\d+$/.exec(at)?.[0]
  const own = lines.slice(start + 1, put).flatMap((line) => new RegExp(` (\\w+)\\(${fd}[,)]`).exec(line)?.[1] ?? [])
  const [after = ''] = lines
    .slice(put + 1)
    .flatMap((line) => new RegExp(` (fsync)\\(${folder}\\)`).exec(line)?.[1] ?? [])
  const steps = [flags.replace('O_LARGEFILE|', ''), ...own, 'rename', `${after} of the folder`]
  // A large file is written in parts.
  return steps.filter((step, index) => step !== steps[index - 1])
}

const WHOLE = [
  'O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC',
  'fchmod',
  'write',
  'fsync',
  'close',
  'rename',
  'fsync of the folder',
]

const CONFLIST = '{"cniVersion":"1.0.0","name":"x","plugins":[{"type":"bridge"}]}'

interface Installing {
  readonly binDir: string
  readonly list: string
  readonly wrap: (executable: string) => Command
}

function install({ binDir, list, wrap }: Installing): Ran {
  const args = ['install', '--unchecked', '--bin-dir', binDir, '--into', list, '--sysctl', 'net.core.somaxconn=1']
  return run([...wrap(EXECUTABLE), ...args], { env: { CNI_COMMAND: undefined } })
}

test('what is made has its mode, whatever the umask', () => {
  const dataDir = newDataDir()
  const conf = { dataDir, sysctl: { 'net.core.somaxconn': 1024 } }
  const odd = (executable: string): Command => ['sh', '-c', 'umask 0277; exec "$0" "$@"', executable]
  expect(callPlugin(netns, 'ADD', { conf, wrap: odd }).status).toBe(0)
  expect(traceOf(recordPath(dataDir, 'c1/net1@eth0.json')).mode).toBe(0o600)
  expect(callPlugin(netns, 'DEL', { conf }).status).toBe(0)
  const { binDir, confDir, target } = newNode()
  const list = join(confDir, '10-x.conflist')
  writeFileSync(list, CONFLIST, { mode: 0o644 })
  expect(install({ binDir, list, wrap: odd })).toMatchObject({ status: 0, stderr: '' })
  expect([traceOf(target).mode, traceOf(list).mode]).toEqual([0o755, 0o644])
})

test('an undo record is on the disk, whole, before the first write', () => {
  const dataDir = newDataDir()
  const conf = { dataDir, sysctl: { 'net.core.somaxconn': 1024 } }
  const lines = trace((wrap) => expect(callPlugin(netns, 'ADD', { conf, wrap }).status).toBe(0))
  expect(stepsOf(lines, 'net1@eth0.json')).toEqual(WHOLE)
  const [synced, written] = [/ fsync\(/, /write(64)?\(\d+, "1024/].map((what) =>
    lines.findIndex((line) => what.test(line)),
  )
  expect(synced).toBeLessThan(written as number)
  expect(callPlugin(netns, 'DEL', { conf }).status).toBe(0)
})

test.each([
  ['10-x.conflist', CONFLIST],
  // A configuration of one plugin, which a conflist replaces.
  ['10-x.conf', '{"cniVersion":"1.0.0","name":"x","type":"bridge"}'],
])('what install changes is there as a whole: the executable, and %s', (name, text) => {
  const { binDir, confDir } = newNode()
  const list = join(confDir, name)
  writeFileSync(list, text)
  const lines = trace((wrap) => expect(install({ binDir, list, wrap })).toMatchObject({ status: 0, stderr: '' }))
  for (const each of ['netns-sysctl', '10-x.conflist']) expect(stepsOf(lines, each)).toEqual(WHOLE)
  const last = lines.findLastIndex((line) => / rename(at2?)?\(/.test(line))
  expect(lines.slice(last + 1).filter((line) => / fsync\(/.test(line))).toHaveLength(1)
})
