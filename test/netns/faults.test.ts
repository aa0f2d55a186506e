import { rmSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { makeOld, namesIn, newDataDir, readRecord } from '../helpers/data-dir.ts'
import { type Call, callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { addVeth, createNetns, type Ran } from '../helpers/netns.ts'
import { findMoments, injected, type Moment, requireStrace } from '../helpers/strace.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

// A fault in each system call of each command, or a kill before it. FAULTS=all has each fail in every way, which takes
// long; without it, the ways take turns. The one on Node.js makes thousands of calls: of those, a sample.

requireStrace()

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth1')

const ERRNOS = ['ENOMEM', 'EIO', 'EMFILE', 'EINTR', 'EACCES', 'EAGAIN', 'ENOSPC', 'EPERM', 'EROFS']
const MOST_CALLS = 12

const dataDir = newDataDir()
const BEFORE: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/ip_forward': '0', 'net/ipv4/tcp_fin_timeout': '60' }
const ETH0: Call = {
  conf: { dataDir, sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.ip_forward': 1 } },
}
const ETH1: Call = {
  conf: { dataDir, name: 'net2', sysctl: { 'net.core.somaxconn': 2048, 'net.ipv4.tcp_fin_timeout': 30 } },
  env: { CNI_IFNAME: 'eth1' },
}
const VALID = { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }
const GC: Call = { conf: { dataDir, prevResult: undefined, ...VALID } }

const counts = { faults: 0, kills: 0 }
afterAll(() => console.log(`${EXECUTABLE}: ${counts.faults} injected faults, ${counts.kills} kills`))

const now = () => readSysctls(netns, Object.keys(BEFORE))
const stateOf = () => ({ values: now(), records: namesIn(dataDir) })
const CLEAN = { values: BEFORE, records: [] as string[] }

function ask(command: string, call: Call): Ran {
  return callPlugin(netns, command, call)
}

/** The code of the one document that may be on stdout; undefined for none. Throws for half of one, or two. */
function codeOf({ stdout }: Ran): number | undefined {
  return stdout === '' ? undefined : (JSON.parse(stdout) as { code?: number }).code
}

interface Scenario {
  readonly command: string
  readonly call: Call
  /** What is done before. */
  readonly before: readonly (readonly [command: string, call: Call])[]
  /** What has to hold after the fault. */
  readonly hold: (ran: Ran, was: ReturnType<typeof stateOf>) => void
}

function holdAdd(ran: Ran, was: ReturnType<typeof stateOf>): void {
  const wanted = { 'net/core/somaxconn': '1024', 'net/ipv4/ip_forward': '1' }
  if (ran.status === 0) expect(now()).toMatchObject(wanted)
  else if (ran.status === 1) expect(withoutFolders(stateOf())).toEqual(withoutFolders(was))
}

/** An empty folder is for DEL and GC to remove. */
function withoutFolders({ values, records }: ReturnType<typeof stateOf>) {
  return { values, records: records.filter((path) => !path.endsWith('/')) }
}

function holdDel(ran: Ran): void {
  // What does not pass fails it only where the request itself cannot be read.
  const codes = ran.stdout.includes('/dev/stdin') ? [5, 11] : [11, undefined]
  if (ran.status === 1) expect(codes).toContain(codeOf(ran))
  const isLeft = JSON.stringify(now()) !== JSON.stringify(BEFORE)
  if (isLeft) expect(namesIn(dataDir)).not.toEqual([])
}

function holdNothingChanged(ran: Ran, was: ReturnType<typeof stateOf>): void {
  expect(stateOf()).toEqual(was)
  // An allowlist that cannot be read allows nothing: 100.
  expect([undefined, 5, 8, 11, 50, 100]).toContain(codeOf(ran))
}

function holdGc(ran: Ran): void {
  expect([undefined, 5, 11]).toContain(codeOf(ran))
  expect(readRecord(dataDir, 'c1/net1@eth0.json').entries).toHaveLength(2)
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ADD: { command: 'ADD', call: ETH0, before: [], hold: holdAdd },
  'ADD beside another attachment': { command: 'ADD', call: ETH0, before: [['ADD', ETH1]], hold: holdAdd },
  'ADD again, after a later attachment': {
    command: 'ADD',
    call: ETH0,
    before: [
      ['ADD', ETH0],
      ['ADD', ETH1],
    ],
    hold: holdAdd,
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

/** From a clean state to that of the scenario. */
function prepare({ before }: Scenario): void {
  for (const [command, call] of before) expect(ask(command, call).status).toBe(0)
  makeOld(dataDir)
}

/** The DELs that follow at last, of all that the scenario has added. */
function finish({ call, before }: Scenario): void {
  for (const each of new Set([call, ...before.map(([, added]) => added)])) ask('DEL', each)
}

/** Also after a scenario that has failed; the first ADD makes dataDir. */
beforeEach(() => {
  rmSync(dataDir, { recursive: true, force: true })
  writeSysctls(netns, BEFORE)
  ask('ADD', ETH0)
  ask('DEL', ETH0)
  expect(stateOf()).toEqual(CLEAN)
})

/** All of the native one; of the one on Node.js a sample, from the first call that is the plugin's. */
function pick(moments: readonly Moment[]): readonly Moment[] {
  if (moments.length < 300) return moments
  const own = moments.slice(moments.findIndex(({ line }) => line.includes('read(0, "{')))
  const step = process.env.FAULTS === 'all' ? 1 : Math.max(1, Math.floor(own.length / MOST_CALLS))
  return own.filter((_, index) => index % step === 0)
}

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  const { command, call, hold } = scenario

  test('keeps its promises, whatever call fails or is its last', { timeout: 1_800_000 }, () => {
    prepare(scenario)
    const was = stateOf()
    const moments = pick(findMoments((wrap) => ask(command, { ...call, wrap })))
    finish(scenario)
    expect(moments.length).toBeGreaterThanOrEqual(MOST_CALLS)
    for (const [index, moment] of moments.entries()) {
      const turn = ERRNOS[index % ERRNOS.length] ?? 'EIO'
      for (const way of ['KILL', ...(process.env.FAULTS === 'all' ? ERRNOS : [turn])]) {
        prepare(scenario)
        const ran = ask(command, { ...call, wrap: injected(moment, way) })
        if (way === 'KILL') counts.kills += 1
        else counts.faults += 1
        try {
          codeOf(ran)
          if (way !== 'KILL') hold(ran, was)
          else if (command === 'GC') holdGc(ran)
          finish(scenario)
          expect(stateOf()).toEqual(CLEAN)
        } catch (error) {
          throw new Error(`${command} with ${way} at ${moment.line}: ${JSON.stringify(ran)}`, { cause: error })
        }
      }
    }
  })
})
