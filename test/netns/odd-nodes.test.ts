import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { CONTAINERS, namesIn, newDataDir, recordPath } from '../helpers/data-dir.ts'
import { callPlugin, EXECUTABLE, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns, run } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { requireStrace } from '../helpers/strace.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const NAME = 'c1/net1@eth0.json'
const BEFORE = { 'net/core/somaxconn': '4096' }
const sysctl = { 'net.core.somaxconn': 1024 }
const now = (of: Netns = netns) => readSysctls(of, Object.keys(BEFORE))

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeSysctls(netns, BEFORE)
})

/** Runs a line of shell, of which "$0" is the executable. */
const shell = (line: string) => (executable: string) => ['sh', '-c', line, executable] as const
const withMounts = (line: string) => (executable: string) =>
  ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', line, executable] as const

describe('an ADD whose result cannot be printed puts everything back', () => {
  test.each([
    ['on a full disk', 'exec "$0" >/dev/full', 'ENOSPC'],
    ['to a pipe that nobody reads', '{ "$0"; echo $? >&2; } | true', 'EPIPE'],
  ])('%s', (_, line, errno) => {
    const { stderr } = callPlugin(netns, 'ADD', { conf: { dataDir, sysctl }, wrap: shell(line) })
    expect(stderr).toContain(`netns-sysctl: stdout cannot be written: ${errno}\n`)
    expect({ values: now(), records: namesIn(dataDir) }).toEqual({ values: BEFORE, records: [] })
  })
})

test('an ADD that may write no file changes nothing', () => {
  const { status, stdout } = callPlugin(netns, 'ADD', {
    conf: { dataDir, sysctl },
    wrap: shell('ulimit -f 0; exec "$0"'),
  })
  expect([status, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ code: 5 })])
  expect({ values: now(), records: namesIn(dataDir) }).toEqual({ values: BEFORE, records: [] })
})

describe('what is not a file hangs nobody', () => {
  test('a record', () => {
    mkdirSync(join(dataDir, CONTAINERS, 'c1'), { recursive: true, mode: 0o700 })
    execFileSync('chmod', ['700', dataDir])
    execFileSync('mkfifo', [recordPath(dataDir, NAME)])
    const code = 5
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, sysctl } })).toMatchObject({ exitCode: 1, answer: { code } })
    expect(outcomeOf(netns, 'CHECK', { conf: { dataDir, sysctl } })).toMatchObject({ exitCode: 1, answer: { code } })
    expect(outcomeOf(netns, 'DEL', { conf: { dataDir, sysctl } })).toEqual({ exitCode: 0, answer: undefined })
    expect(now()).toEqual(BEFORE)
  })

  test.each(['mkfifo', 'ln -s /dev/zero'])('the allowlist, made by %s', (make) => {
    const line = `mount -n -t tmpfs tmpfs /etc; mkdir -p /etc/cni/tuning; ${make} /etc/cni/tuning/allowlist.conf; exec "$0"`
    const outcome = outcomeOf(netns, 'ADD', { conf: { dataDir, sysctl }, wrap: withMounts(line) })
    expect(outcome).toMatchObject({ exitCode: 1, answer: { code: 100 } })
  })

  test('what lint is to read', () => {
    const fifo = join(tmpdir(), `fifo-${process.pid}`)
    execFileSync('mkfifo', [fifo])
    for (const path of ['/dev/zero', fifo]) expect(run([EXECUTABLE, 'lint', path]).status).toBe(2)
    rmSync(fifo)
  })
})

describe('where something else is mounted over /proc/sys', () => {
  const line = `mount -n -t tmpfs tmpfs /proc/sys; mkdir -p /proc/sys/net/core /proc/sys/net/ipv4
echo 1 >/proc/sys/net/core/somaxconn; echo 1 >/proc/sys/net/ipv4/ip_forward
"$0"; status=$?; cat /proc/sys/net/core/somaxconn >&2; exit $status`
  const wrap = withMounts(line)

  test.each([
    ['ADD', 101],
    ['CHECK', 5],
    ['STATUS', 50],
  ])('%s says so, and nothing is written there', (command, code) => {
    const { stdout, stderr } = callPlugin(netns, command, { conf: { dataDir, sysctl }, wrap })
    const msg = expect.stringContaining('something other than procfs is mounted over /proc/sys')
    expect([JSON.parse(stdout), stderr]).toMatchObject([{ code, msg }, '1\n'])
  })

  test('a DEL succeeds, and leaves its record', () => {
    callPlugin(netns, 'ADD', { conf: { dataDir, sysctl } })
    expect(callPlugin(netns, 'DEL', { conf: { dataDir, sysctl }, wrap })).toMatchObject({ status: 0, stdout: '' })
    expect(namesIn(dataDir)).toEqual([NAME])
    expect(outcomeOf(netns, 'DEL', { conf: { dataDir, sysctl } }).exitCode).toBe(0)
    expect({ values: now(), records: namesIn(dataDir) }).toEqual({ values: BEFORE, records: [] })
  })
})

test.each([
  ['ADD', 5, 'there is no /proc/thread-self/ns/net: /proc is not mounted where the plugin runs'],
  ['CHECK', 5, 'there is no /proc/thread-self/ns/net: /proc is not mounted where the plugin runs'],
])('without /proc %s says so', (command, code, msg) => {
  const wrap = withMounts('mount -n -t tmpfs tmpfs /proc; exec "$0"')
  expect(outcomeOf(netns, command, { conf: { dataDir, sysctl }, wrap })).toEqual({
    exitCode: 1,
    answer: errorDocument(code, msg, 'run the plugin on the node, as root'),
  })
})

test('CNI_NETNS is opened once, so that nothing can be swapped before it is entered', () => {
  requireStrace()
  for (const command of ['ADD', 'CHECK', 'DEL']) {
    const log = join(tmpdir(), `opens-${process.pid}`)
    const wrap = (executable: string) =>
      ['strace', '-f', '-qq', '-e', 'trace=open,openat', '-o', log, executable] as const
    callPlugin(netns, command, { conf: { dataDir, sysctl }, wrap })
    const opens = readFileSync(log, 'utf8').split('\n')
    expect(opens.filter((line) => line.includes(`"${netns.path}"`))).toHaveLength(1)
    rmSync(log)
  }
})

describe('a record of a netns that is gone', () => {
  /** A netns with the number of a removed one, which the kernel nearly always reuses; undefined if another process got it. */
  async function makeSuccessor(id: string): Promise<Netns | undefined> {
    for (let attempt = 0; attempt < 10; attempt++) {
      const next = await createNetns()
      if (idOf(next) === id) return next
      await next.close()
    }
    return undefined
  }
  const idOf = ({ path }: Netns) => execFileSync('stat', ['-Lc', '%d:%i', path], { encoding: 'utf8' })

  /** ADD in a netns that is then removed, and the next netns with its number. */
  async function replaceNetns(): Promise<Netns> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const first = await createNetns()
      addVeth(first)
      writeSysctls(first, BEFORE)
      const id = idOf(first)
      dataDir = newDataDir()
      expect(outcomeOf(first, 'ADD', { conf: { dataDir, sysctl } }).exitCode).toBe(0)
      await first.close()
      const next = await makeSuccessor(id)
      if (next !== undefined) return next
    }
    throw new Error('no netns gets the number of one that is gone')
  }

  test('changes nothing in the next one of the same number', async () => {
    const next = await replaceNetns()
    addVeth(next)
    writeSysctls(next, { 'net/core/somaxconn': '1024' })
    expect(outcomeOf(next, 'DEL', { conf: { dataDir, sysctl } })).toEqual({ exitCode: 0, answer: undefined })
    expect([now(next), namesIn(dataDir)]).toEqual([{ 'net/core/somaxconn': '1024' }, []])
    await next.close()
  })
})

test('DEL finds the record of a network that was renamed', () => {
  callPlugin(netns, 'ADD', { conf: { dataDir, sysctl } })
  expect(dirname(recordPath(dataDir, NAME))).toContain('c1')
  expect(outcomeOf(netns, 'DEL', { conf: { dataDir, sysctl, name: 'renamed' } }).exitCode).toBe(0)
  expect({ values: now(), records: namesIn(dataDir) }).toEqual({ values: BEFORE, records: [] })
})
