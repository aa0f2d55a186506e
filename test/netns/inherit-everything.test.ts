import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newDataDir } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, isRoot, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { writeSysctls } from '../helpers/sysctls.ts'

const host = await createNetns()
afterAll(() => host.close())
addVeth(host, 'veth9')

let netns: Netns
beforeEach(async () => {
  netns = await createNetns(host)
  addVeth(netns)
})
afterEach(() => netns.close())

const GLOBS = ['net.*.*', 'net.*.*.*', 'net.*.*.*.*', 'net.ipv4.conf.IFNAME.*', 'net.ipv6.conf.IFNAME.*']

/** Other lines that the log may have: in a user namespace some groups do not exist. */
const NOT_SET = isRoot ? /^$/ : /^netns-sysctl: net\.ipv4\.ping_group_range: not set \(EINVAL\)/

/** The keys that the log names, without what precedes them. */
function keysTaken(stderr: string): string[] {
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !NOT_SET.test(line))
  expect(lines.filter((line) => !/^netns-sysctl: inherit \S+: copies \d+ from the host: /.test(line))).toEqual([])
  return lines.flatMap((line) => line.replace(/.*from the host: /, '').split(', '))
}

/** A line for each line of each sysctl that can be read: its path, a colon and the value. */
function everySysctl(from: Netns): string[] {
  const show = 'find /proc/sys/net -type f -exec grep -H "" {} + 2>/dev/null; true'
  return from.inside(['sh', '-c', show]).stdout.split('\n').sort()
}

describe.each([
  ['the machine itself', false],
  ['a netns', true],
])('with %s as the host', (_, isNetns) => {
  const from = isNetns ? { host } : {}

  test.each(GLOBS)('%s is copied, and CHECK finds no difference', (glob) => {
    const conf = { inherit: [glob], dataDir: newDataDir() }
    const { status, stdout, stderr } = callPlugin(netns, 'ADD', { ...from, conf })
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${JSON.stringify(PREV_RESULT)}\n` })
    expect(keysTaken(stderr).length).toBeGreaterThan(20)
    expect(outcomeOf(netns, 'CHECK', { ...from, conf })).toEqual({ exitCode: 0, answer: undefined })
    expect(outcomeOf(netns, 'DEL', { ...from, conf })).toEqual({ exitCode: 0, answer: undefined })
  })

  test('all of these are copied at once', () => {
    const { status, stderr } = callPlugin(netns, 'ADD', { ...from, conf: { inherit: GLOBS } })
    expect(status).toBe(0)
    expect(keysTaken(stderr).length).toBeGreaterThan(300)
  })
})

describe('a glob leaves out', () => {
  test.each([
    ['secrets', /stable_secret|tcp_fastopen_key|fib_multipath_hash_seed/],
    ['what is done by being written', /\.flush$/],
    ["the host's interfaces", /\.(lo|veth9|veth9p)\./],
    [
      'what a container may only read',
      /\.(rmem_max|nf_conntrack_(count|max|buckets)|mc_forwarding|tcp_available_\w+)$/,
    ],
    ['what follows the size of the interface', /^net\.ipv6\.conf\.\w+\.mtu$/],
  ])('%s', (_, left) => {
    writeSysctls(host, { 'net/ipv6/conf/default/stable_secret': '2001:db8::1', 'net/ipv4/tcp_fastopen_key': '1-2-3-4' })
    const { status, stderr } = callPlugin(netns, 'ADD', { host, conf: { inherit: GLOBS } })
    expect(status).toBe(0)
    expect(keysTaken(stderr).filter((key) => left.test(key))).toEqual([])
  })

  test('what differs between the netns and its interface by itself: nothing changes where the host is untouched', () => {
    const before = everySysctl(netns)
    expect(outcomeOf(netns, 'ADD', { host, conf: { inherit: GLOBS } })).toEqual({ exitCode: 0, answer: PREV_RESULT })
    expect(everySysctl(netns)).toEqual(before)
  })
})
