import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeOld, newDataDir } from '../helpers/data-dir.ts'
import { type Call, callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { addVeth, createNetns, type Ran } from '../helpers/netns.ts'
import { openSysctls } from '../helpers/open-sysctls.ts'
import { type Contents, contentsOf, restoreContents } from '../helpers/saved-dir.ts'
import { findMoments, inject, type Moment, requireStrace } from '../helpers/strace.ts'
import type { Sysctls } from '../helpers/sysctls.ts'

// A fault in each system call of each command, or a kill before it. With FAULTS=all each fails in every way, which takes
// long; without it, the ways take turns.

requireStrace()

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth1')

const IS_LONG = process.env.FAULTS === 'all'
const ERRNOS = ['ENOMEM', 'EIO', 'EMFILE', 'EINTR', 'EACCES', 'EAGAIN', 'ENOSPC', 'EPERM', 'EROFS']
/** Fewer would mean that strace was misread. */
const LEAST_CALLS = 12
/** More calls than the native executable makes. */
const MANY_CALLS = 300

const dataDir = newDataDir()
const BEFORE: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/ip_forward': '0', 'net/ipv4/tcp_fin_timeout': '60' }
const sysctls = await openSysctls(netns, Object.keys(BEFORE))
const ETH0: Call = {
  conf: { dataDir, sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.ip_forward': 1 } },
}
const ETH1: Call = {
  conf: { dataDir, name: 'net2', sysctl: { 'net.core.somaxconn': 2048, 'net.ipv4.tcp_fin_timeout': 30 } },
  env: { CNI_IFNAME: 'eth1' },
}
const SECOND: Call = { conf: { dataDir, sysctl: { 'net.core.somaxconn': 512, 'net.ipv4.tcp_fin_timeout': 20 } } }
const VALID = { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }
const GC: Call = { conf: { dataDir, prevResult: undefined, ...VALID } }
const RECORD = 'containers/c1/net1@eth0.json'

interface State {
  readonly values: Sysctls
  /** Of dataDir. */
  readonly files: Contents
}

const stateOf = (): State => ({ values: sysctls.read(), files: contentsOf(dataDir) })

function restore({ values, files }: State): void {
  sysctls.write(values)
  restoreContents(dataDir, files)
  makeOld(dataDir)
}

/** The paths of the records, and of what else is not a folder. */
const recordsOf = ({ files }: State) => Object.entries(files).filter(([path]) => !path.endsWith('/'))

function ask(command: string, call: Call): Ran {
  return callPlugin(netns, command, call)
}

/** The code of the document on stdout; undefined without one. Throws for half a document, or two. */
function codeOf({ stdout }: Ran): number | undefined {
  return stdout === '' ? undefined : (JSON.parse(stdout) as { code?: number }).code
}

interface Scenario {
  readonly command: string
  readonly call: Call
  /** The steps before it. */
  readonly before: readonly (readonly [command: string, call: Call])[]
  /** What must be true after the fault. */
  readonly hold: (ran: Ran, was: State) => void
  /** Whether nothing has made dataDir yet. */
  readonly isFirst?: true
}

/** An empty folder is for DEL and GC to remove. */
const withoutFolders = (state: State) => ({ values: state.values, records: recordsOf(state) })

const holdAdd =
  (wanted: Sysctls) =>
  (ran: Ran, was: State): void => {
    if (ran.status === 0) expect(sysctls.read()).toMatchObject(wanted)
    else if (ran.status === 1) expect(withoutFolders(stateOf())).toEqual(withoutFolders(was))
  }

const holdAddOfEth0 = holdAdd({ 'net/core/somaxconn': '1024', 'net/ipv4/ip_forward': '1' })

function holdDel(ran: Ran): void {
  // A lasting failure only counts if the request itself cannot be read.
  const codes = ran.stdout.includes('/dev/stdin') ? [5, 11] : [11, undefined]
  if (ran.status === 1) expect(codes).toContain(codeOf(ran))
  const state = stateOf()
  const isLeft = JSON.stringify(state.values) !== JSON.stringify(BEFORE)
  if (isLeft) expect(recordsOf(state)).not.toEqual([])
}

function holdNothingChanged(ran: Ran, was: State): void {
  expect(stateOf()).toEqual(was)
  // An allowlist that cannot be read allows nothing: 100.
  expect([undefined, 5, 8, 11, 50, 100]).toContain(codeOf(ran))
}

function holdGc(ran: Ran, was: State): void {
  expect([undefined, 5, 11]).toContain(codeOf(ran))
  expect(contentsOf(dataDir)[RECORD]).toEqual(was.files[RECORD])
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'ADD on a new node': { command: 'ADD', call: ETH0, before: [], hold: holdAddOfEth0, isFirst: true },
  ADD: { command: 'ADD', call: ETH0, before: [], hold: holdAddOfEth0 },
  'ADD beside another attachment': { command: 'ADD', call: ETH0, before: [['ADD', ETH1]], hold: holdAddOfEth0 },
  'ADD again, after a later attachment': {
    command: 'ADD',
    call: ETH0,
    before: [
      ['ADD', ETH0],
      ['ADD', ETH1],
    ],
    hold: holdAddOfEth0,
  },
  'ADD of a second entry': {
    command: 'ADD',
    call: SECOND,
    before: [['ADD', ETH0]],
    hold: holdAdd({ 'net/core/somaxconn': '512', 'net/ipv4/tcp_fin_timeout': '20' }),
  },
  DEL: { command: 'DEL', call: ETH0, before: [['ADD', ETH0]], hold: holdDel },
  'DEL before a later attachment': {
    command: 'DEL',
    call: ETH0,
    before: [
      ['ADD', ETH0],
      ['ADD', ETH1],
    ],
    hold: holdDel,
  },
  'DEL of a second entry': {
    command: 'DEL',
    call: SECOND,
    before: [
      ['ADD', ETH0],
      ['ADD', SECOND],
    ],
    hold: holdDel,
  },
  CHECK: { command: 'CHECK', call: ETH0, before: [['ADD', ETH0]], hold: holdNothingChanged },
  GC: {
    command: 'GC',
    call: GC,
    before: [
      ['ADD', ETH0],
      ['ADD', { ...ETH0, env: { CNI_CONTAINERID: 'gone' } }],
    ],
    hold: holdGc,
  },
  STATUS: { command: 'STATUS', call: ETH0, before: [], hold: holdNothingChanged },
}

/** The initial state of a scenario. */
function prepare({ before, isFirst }: Scenario): State {
  restore({ values: BEFORE, files: {} })
  for (const [command, call] of isFirst ? [] : [['ADD', ETH0] as const, ['DEL', ETH0] as const, ...before])
    expect(ask(command, call).status).toBe(0)
  return stateOf()
}

/** The final DELs of everything that the scenario has added, in both orders, leave nothing. */
function expectFinish({ call, before }: Scenario): void {
  const state = stateOf()
  const added = [...new Set([call, ...before.map(([, each]) => each)])]
  for (const order of [added, added.toReversed()]) {
    restore(state)
    for (const each of order) ask('DEL', each)
    const { values, files } = stateOf()
    expect({ values, left: Object.keys(files).filter((path) => path !== '/') }).toEqual({ values: BEFORE, left: [] })
  }
}

/** Calls that V8 makes hundreds of times; if one fails, Node.js ends in its own way. */
const OF_ENGINE = new Set(['mmap', 'munmap', 'mprotect', 'madvise', 'futex'])
/** One in so many of them still is made to fail. */
const ENGINE_STEP = 16

/** All of the native one; of the one on Node.js those from the first call that is the plugin's. */
function pick(moments: readonly Moment[]): readonly Moment[] {
  if (moments.length < MANY_CALLS) return moments
  const own = moments.slice(moments.findIndex(({ line }) => line.includes('read(0, "{')))
  return own.filter(({ call }, index) => !OF_ENGINE.has(call) || index % ENGINE_STEP === 0)
}

/** Makes a test of a check. The result depends only on the state, so each state is checked once. */
function oncePerState(check: () => void): () => void {
  const passed = new Set<string>()
  return () => {
    const state = JSON.stringify(stateOf())
    if (passed.has(state)) return
    check()
    passed.add(state)
  }
}

const counts = { faults: 0, kills: 0, broken: 0 }
const formatCounts = ({ faults, kills, broken }: typeof counts) =>
  `${faults} injected faults, ${kills} kills, ${broken} broken promises`
afterAll(() => console.log(`${EXECUTABLE}: ${formatCounts(counts)}`))

describe.each(Object.entries(SCENARIOS))('%s', (name, scenario) => {
  const { command, call, hold } = scenario
  let was: State
  beforeAll(() => {
    was = prepare(scenario)
  })

  test('keeps its promises, whatever call fails or is its last', { timeout: 1_800_000 }, async () => {
    restore(was)
    const begin = performance.now()
    const all = findMoments((wrap) => ask(command, { ...call, wrap }))
    const moments = pick(all)
    expect(moments.length).toBeGreaterThanOrEqual(LEAST_CALLS)
    const finish = oncePerState(() => expectFinish(scenario))
    const own = { faults: 0, kills: 0, broken: 0 }
    const broken: unknown[] = []
    const missed: string[] = []
    for (const [index, moment] of moments.entries()) {
      const turn = ERRNOS[index % ERRNOS.length] ?? 'EIO'
      for (const way of ['KILL', ...(IS_LONG ? ERRNOS : [turn])]) {
        restore(was)
        let ran: Ran = { status: null, stdout: '', stderr: '' }
        const isDone = inject(moment, way, (wrap) => {
          ran = ask(command, { ...call, wrap })
        })
        if (isDone) own[way === 'KILL' ? 'kills' : 'faults'] += 1
        else missed.push(moment.line)
        try {
          codeOf(ran)
          if (way !== 'KILL') hold(ran, was)
          else if (command === 'GC') holdGc(ran, was)
          finish()
        } catch (cause) {
          broken.push(new Error(`${command} with ${way} at ${moment.line}: ${JSON.stringify(ran)}`, { cause }))
        }
      }
      await setImmediate()
    }
    own.broken = broken.length
    for (const key of ['faults', 'kills', 'broken'] as const) counts[key] += own[key]
    console.log(
      `${name}: ${moments.length} calls, ${formatCounts(own)}, ${missed.length} missed, ${Math.round(performance.now() - begin)} ms`,
    )
    expect(broken).toEqual([])
    // The number of Node.js' calls differs each time.
    expect(missed.slice(all.length < MANY_CALLS ? 0 : (own.faults + own.kills) / 10)).toEqual([])
  })
})
