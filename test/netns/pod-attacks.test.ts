import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { withProcessorTime } from '../helpers/processor-time.ts'
import { errorDocument } from '../helpers/requests.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth1')
// An interface may be named like this.
addVeth(netns, 'IFNAME')

const allow = ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*', 'net.ipv4.conf.IFNAME.*', 'net.ipv?.route.gc_*']
/** No name or line; not allowed; of another namespace or not there. */
const REFUSED = [7, 100, 101]
const TOO_MUCH = 'a pod needs a line for each sysctl, no more'

/** Every value in the netns. Nothing that was written is left. */
const everything = () =>
  netns.inside([
    'sh',
    '-c',
    'find /proc/sys/net -type f ! -name "*_count" -exec grep -H "" {} + 2>/dev/null | sort; true',
  ]).stdout

let before: string
beforeEach(() => {
  before = everything()
})

/** Whatever a pod asks for takes no time. */
const inTime = (executable: string) => withProcessorTime(2, [executable])

function ask(text: string, env: Readonly<Record<string, string>> = {}) {
  const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': text } }
  return outcomeOf(netns, 'ADD', { conf: { pod: { allow }, runtimeConfig }, env, wrap: inTime })
}

describe('an annotation reaches no other key', () => {
  test.each([
    'net.ipv4.ip_forward=1',
    'net.core.somaxconn2=1',
    'net.core.somaxconn.x=1',
    'net.core=1',
    'net=1',
    'NET.core.somaxconn=1',
    'net.ipv4.tcp_keepalive_=1',
    'net.ipv4.tcp_keepalive_*=1',
    'net.*.somaxconn=1',
    'net.core.../somaxconn=1',
    'net/core/../ipv4/ip_forward=1',
    'net/ipv4/tcp_keepalive_/../ip_forward=1',
    'net.ipv4.tcp_keepalive_/../ip_forward=1',
    'net.ipv4.tcp_keepalive_time/../../ip_forward=1',
    'net.ipv4/tcp_keepalive_time.../ip_forward=1',
    '../../../../proc/sys/net/core/somaxconn=1',
    '/proc/sys/net/core/somaxconn=1',
    'net//core/somaxconn=1',
    'net.core.somaxconn/=1',
    'net.core.somaxconn\u0000.x=1',
    'net.core.soma\u0008xconn=1',
    'net.ipv4.tcp_keepalive_time\u2215..\u2215ip_forward=1',
    'net．core．somaxconn=1',
    'kernel.hostname=1',
    '--net.core.somaxconn=1',
    '-net.ipv4.ip_forward=1',
  ])('%j', (text) => {
    expect(ask(text)).toMatchObject({ exitCode: 1, answer: { code: expect.toBeOneOf(REFUSED) } })
    expect(everything()).toBe(before)
  })
})

describe('an annotation reaches no other interface', () => {
  test.each([
    'net.ipv4.conf.eth0.rp_filter=2',
    'net.ipv4.conf.eth1.rp_filter=2',
    'net.ipv4.conf.all.rp_filter=2',
    'net.ipv4.conf.default.rp_filter=2',
    'net.ipv4.conf.*.rp_filter=2',
    'net.ipv4.conf.IFNAM?.rp_filter=2',
    'net.ipv4.conf.ifname.rp_filter=2',
    'net.ipv4.conf.IFNAME1.rp_filter=2',
    'net.ipv4.conf.IFNAME/../eth1.rp_filter=2',
    'net/ipv4/conf/IFNAME/../eth1/rp_filter=2',
    'net/ipv4/conf/./eth1/rp_filter=2',
    'net.ipv4.conf.IFNAME.IFNAME=2',
    'net.ipv6.conf.IFNAME.accept_ra=2',
    'net.ipv4.neigh.IFNAME.gc_stale_time=2',
  ])('%s', (text) => {
    expect(ask(text)).toMatchObject({ exitCode: 1, answer: { code: expect.toBeOneOf(REFUSED) } })
    expect(everything()).toBe(before)
  })

  test.each(['all', 'default'])('by IFNAME where CNI_IFNAME is %s', (name) => {
    expect(ask('net.ipv4.conf.IFNAME.rp_filter=2', { CNI_IFNAME: name })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        4,
        `net.ipv4.conf.IFNAME.rp_filter: CNI_IFNAME "${name}" would set it for all interfaces`,
        'name the interface otherwise, or write net.ipv4.conf.all or net.ipv4.conf.default in the configuration',
      ),
    })
    expect(everything()).toBe(before)
  })

  test('but its own, whatever others are called', () => {
    expect(ask('net.ipv4.conf.IFNAME.rp_filter=2')).toMatchObject({ exitCode: 0 })
    expect(everything()).toBe(before.replace('/conf/eth0/rp_filter:0', '/conf/eth0/rp_filter:2'))
  })
})

describe('an annotation smuggles nothing in by a value', () => {
  test.each([
    ['a carriage return', '1\r2', 2],
    ['a NUL', '1\u00002', 2],
    ['a line separator', '1\u20282', 2],
  ])('%s', (_, value, code) => {
    expect(ask(`net.core.somaxconn=${value}`)).toMatchObject({ exitCode: 1, answer: { code } })
    expect(everything()).toBe(before)
  })
})

test('what stands behind a value sets nothing', () => {
  // The kernel would leave it out and set the rest, proc_dointvec().
  expect(ask('net.core.somaxconn=1 net.ipv4.ip_forward=1')).toMatchObject({ exitCode: 1, answer: { code: 7 } })
  expect(everything()).toBe(before)
})

describe('the work that an annotation makes is bounded', () => {
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n')

  test('64 KiB are read', () => {
    expect(ask(`#${' '.repeat(65_535)}`)).toMatchObject({ exitCode: 0 })
  })

  test('64 KiB and a byte are refused', () => {
    expect(ask(`#${' '.repeat(65_536)}`)).toEqual({
      exitCode: 1,
      answer: errorDocument(100, 'the annotation netns-sysctl/sysctls is longer than 64 KiB', TOO_MUCH),
    })
  })

  test('10,000 comments are read', () => {
    expect(ask(lines(10_000, () => '#'))).toMatchObject({ exitCode: 0 })
  })

  test.each<[number, string, (index: number) => string]>([
    [10_000, 'that are none', () => 'aaaaa'],
    [10_000, 'of no sysctl', () => 'a=1'],
    [10_000, 'that set the same', () => '-a=1'],
    [6_000, 'that are not allowed', (index) => `net.${index.toString(36)}=1`],
    [3_000, 'that may be missing', (index) => `-net.ipv4.tcp_${index.toString(36)}=1`],
  ])('%d lines %s are refused with one message', (count, _, line) => {
    const text = lines(count, line)
    expect(text.length).toBeLessThan(65_536)
    expect(ask(text)).toEqual({
      exitCode: 1,
      answer: errorDocument(100, 'the annotation netns-sysctl/sysctls has more than 256 lines', TOO_MUCH),
    })
  })

  test.each([
    ['that are not allowed', (index: number) => `net.${'x'.repeat(240)}${index}=1`],
    ['that are missing', (index: number) => `net.ipv4.tcp_keepalive_${'x'.repeat(210)}${index}=1`],
    ['that are malformed', (index: number) => `${'x'.repeat(240)}${index}`],
  ])('256 long lines %s give a message that can be read', (_, line) => {
    const text = lines(256, line)
    const { exitCode, answer } = ask(text)
    expect(exitCode).toBe(1)
    expect(JSON.stringify(answer).length).toBeLessThan(20_000)
  })

  test('a pattern with many wildcards is matched at once', () => {
    const pod = { allow: [`net.${'*a'.repeat(200)}*b`] }
    const runtimeConfig = {
      'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': `net.${'a'.repeat(500)}=1` },
    }
    expect(outcomeOf(netns, 'ADD', { conf: { pod, runtimeConfig }, wrap: inTime })).toMatchObject({
      answer: { code: 100 },
    })
  })
})
