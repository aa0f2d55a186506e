import { readFileSync } from 'node:fs'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { type Command, callPlugin } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { requireStrace } from '../helpers/strace.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

requireStrace()

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const BEFORE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_forward': '0',
  'net/ipv4/ip_local_port_range': '32768 60999',
  'net/ipv4/tcp_rmem': readSysctls(netns, ['net/ipv4/tcp_rmem'])['net/ipv4/tcp_rmem'] as string,
  'net/ipv4/conf/eth0/forwarding': '0',
}
const conf = {
  dataDir: newDataDir(),
  prevResult: {},
  sysctl: {
    'net.ipv4.conf.IFNAME.forwarding': 0,
    'net.core.somaxconn': '0x400',
    'net.ipv4.ip_forward': true,
    'net.ipv4.ip_local_port_range': '1024 65535',
    'net.ipv4.tcp_rmem': '8192',
  },
}
const now = () => readSysctls(netns, Object.keys(BEFORE))
beforeEach(() => writeSysctls(netns, BEFORE))

/** System calls that change something, or open it for that. */
const CALLS = 'openat,write,pwrite64,fsync,mkdir,mkdirat,rename,renameat,unlink,unlinkat'

const traced =
  (...options: string[]) =>
  (plugin: string): Command => ['strace', '-f', '-qq', ...options, plugin]

const statuses: (number | null)[] = []

interface Moment {
  readonly call: string
  /** Counts the calls of this name in the thread. */
  readonly number: number
  readonly shown: string
}

/** The moments of an ADD after its record's folder was made. */
function findMoments(): Moment[] {
  const log = newDataDir()
  // The first one makes dataDir.
  callPlugin(netns, 'ADD', { conf })
  callPlugin(netns, 'DEL', { conf })
  writeSysctls(netns, BEFORE)
  callPlugin(netns, 'ADD', { conf, wrap: traced('-o', log, '-e', `trace=${CALLS}`) })
  callPlugin(netns, 'DEL', { conf })
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  const ofThread = lines.filter((line) => line.startsWith(`${lines[0]?.split(' ')[0]} `))
  const counts = new Map<string, number>()
  const moments = ofThread.map((line) => {
    const [, call = '', shown = ''] = /^\d+ +(\w+)\((.*)\) += /.exec(line) ?? []
    counts.set(call, (counts.get(call) ?? 0) + 1)
    return { call, number: counts.get(call) ?? 0, shown: shown.replace(/"\S*records-[^/"]*/, '"') }
  })
  return moments.slice(moments.findIndex(({ call }) => call.startsWith('mkdir')))
}

test.each(findMoments())(
  'an ADD that is killed before its $call($shown) is undone by the DEL that follows',
  (moment) => {
    const wrap = traced('-o', '/dev/null', '-e', `inject=${moment.call}:signal=KILL:when=${moment.number}`)
    statuses.push(callPlugin(netns, 'ADD', { conf, wrap }).status)
    expect(callPlugin(netns, 'DEL', { conf })).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(now()).toEqual(BEFORE)
    expect(namesIn(conf.dataDir)).toEqual([])
  },
)

// The number of the engine's own calls differs, so the last moment may not come.
test('most of these were killed, and there are more of them than sysctls', () => {
  expect(statuses.length).toBeGreaterThan(Object.keys(BEFORE).length)
  expect(statuses.filter((status) => status === 0).length).toBeLessThanOrEqual(statuses.length / 10)
})

test('an ADD that is not killed is undone by the DEL that follows', () => {
  expect(callPlugin(netns, 'ADD', { conf }).status).toBe(0)
  expect(now()).not.toEqual(BEFORE)
  expect(callPlugin(netns, 'DEL', { conf })).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(now()).toEqual(BEFORE)
})
