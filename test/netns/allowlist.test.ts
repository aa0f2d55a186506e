import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { type EtcFiles, withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { withProcessorTime } from '../helpers/processor-time.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const OURS = '/etc/cni/netns-sysctl/allowlist.conf'
const TUNINGS = '/etc/cni/tuning/allowlist.conf'
const BEFORE = { 'net/core/somaxconn': '4096', 'net/ipv4/conf/eth0/rp_filter': '0' }
const AFTER = { 'net/core/somaxconn': '1024', 'net/ipv4/conf/eth0/rp_filter': '2' }
const conf = { sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.conf.IFNAME.rp_filter': 2 } }
const now = () => readSysctls(netns, Object.keys(BEFORE))
const ask = (command: string, files: EtcFiles) => outcomeOf(netns, command, { conf, wrap: withEtc(files) })

beforeEach(() => writeSysctls(netns, BEFORE))

/** Seconds of the processor, against what never ends: the sanitized executable takes ten times as long as the others. */
const MOST = 60

const ALL_OF_IT = '# what pods need\n\n^net\\.core\\.somaxconn$\n  ^net\\.ipv4\\.conf\\.IFNAME\\.\n'

describe('ADD writes what the allowlist allows', () => {
  test.each<[string, EtcFiles]>([
    ['there being none', {}],
    ['with a pattern for each', { [OURS]: ALL_OF_IT }],
    ["with tuning's file", { [TUNINGS]: ALL_OF_IT }],
    ["with its own file and not tuning's", { [OURS]: ALL_OF_IT, [TUNINGS]: '' }],
    ['with a pattern that matches a part', { [OURS]: 'net' }],
    ["with a pattern of Go's", { [OURS]: '(?i)^NET\\.(core|ipv4)\\.' }],
    ['with what only Go has', { [OURS]: '^\\Qnet.\\E(?i:CORE|IPV4)\\.[[:alpha:]_.]+\\z\n\\p{Greek}' }],
  ])('%s', (_, files) => {
    expect(ask('ADD', files)).toEqual({ exitCode: 0, answer: PREV_RESULT })
    expect(now()).toEqual(AFTER)
  })
})

describe('ADD writes nothing if the allowlist', () => {
  const notAllowed = (path: string) =>
    `net.core.somaxconn: is not allowed on this node by ${path}; ` +
    `net.ipv4.conf.IFNAME.rp_filter: is not allowed on this node by ${path}`

  test.each<[string, EtcFiles, string, string]>([
    ['is empty', { [OURS]: '' }, notAllowed(OURS), `${OURS} allows nothing; add a line with a regular expression`],
    [
      "is tuning's and has comments only",
      { [TUNINGS]: '# nothing\n\n' },
      notAllowed(TUNINGS),
      `${TUNINGS} allows nothing; add a line with a regular expression`,
    ],
    [
      'allows something else',
      { [OURS]: '^net\\.ipv6\\.', [TUNINGS]: ALL_OF_IT },
      notAllowed(OURS),
      `${OURS} allows ^net\\.ipv6\\.`,
    ],
    [
      'allows one of two',
      { [OURS]: '^net\\.core\\.' },
      `net.ipv4.conf.IFNAME.rp_filter: is not allowed on this node by ${OURS}`,
      `${OURS} allows ^net\\.core\\.`,
    ],
    [
      'names the interface itself instead of IFNAME',
      { [OURS]: '^net\\.core\\.\n^net\\.ipv4\\.conf\\.eth0\\.' },
      `net.ipv4.conf.IFNAME.rp_filter: is not allowed on this node by ${OURS}`,
      `${OURS} allows ^net\\.core\\., ^net\\.ipv4\\.conf\\.eth0\\.`,
    ],
    [
      'has a bad pattern',
      { [OURS]: `${ALL_OF_IT}net.(\n` },
      `${OURS}, line 5: "net.(" is not a regular expression: a ")" is missing; so nothing is allowed`,
      'correct the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$',
    ],
    [
      'is a directory',
      { [`${OURS}/file`]: '' },
      `the allowlist ${OURS} cannot be read (EISDIR), so nothing is allowed`,
      'correct the file, or remove it to allow everything',
    ],
  ])('%s', (_, files, msg, details) => {
    expect(ask('ADD', files)).toEqual({ exitCode: 1, answer: errorDocument(100, msg, details) })
    expect(now()).toEqual(BEFORE)
  })

  test('refuses what args.cni wants', () => {
    const args = { cni: { sysctl: { 'net.ipv4.ip_forward': 1 } } }
    const wrap = withEtc({ [OURS]: ALL_OF_IT })
    const msg = `net.ipv4.ip_forward: is not allowed on this node by ${OURS}`
    expect(outcomeOf(netns, 'ADD', { conf: { ...conf, args }, wrap })).toMatchObject({
      exitCode: 1,
      answer: { code: 100, msg },
    })
    expect(now()).toEqual(BEFORE)
  })
})

test('a DEL is not stopped by a broken allowlist', () => {
  expect(ask('DEL', { [OURS]: '(' })).toEqual({ exitCode: 0, answer: undefined })
})

test('a pattern that would take others for ever takes no time', () => {
  const name = `net.ipv4.${'a'.repeat(400)}`
  const withPatterns = withEtc({ [OURS]: '^net\\.ipv4\\.([a-z]+_?)+$\n(a*)*b\n^(([a-z])+.)+[A-Z]([a-z])+$' })
  const wrap = (executable: string) => withProcessorTime(2, withPatterns(executable))
  expect(outcomeOf(netns, 'ADD', { conf: { sysctl: { [`${name}!`]: 1 } }, wrap })).toMatchObject({
    answer: { code: 100 },
  })
})

describe('what the allowlist costs does not go by the pod', () => {
  const CAPABILITY = 'io.kubernetes.cri.pod-annotations'
  const NASTY = Array.from({ length: 20 }, (_, index) => `^net\\.ipv4\\.(([a-z])+.)+[A-Z]([a-z])+${index}$`)

  function askFor(lines: readonly string[], allowlist: string) {
    const runtimeConfig = { [CAPABILITY]: { 'netns-sysctl/sysctls': lines.join('\n') } }
    const withAllowlist = withEtc({ [OURS]: allowlist })
    const wrap = (executable: string) => withProcessorTime(MOST, withAllowlist(executable))
    const pod = { allow: ['net.ipv4.*', 'net.core.*'] }
    return outcomeOf(netns, 'ADD', { conf: { pod, capabilities: { [CAPABILITY]: true }, runtimeConfig }, wrap })
  }

  test.each([
    [128, 480],
    [256, 230],
  ])('%d names of %d letters and 20 patterns that take long', (count, length) => {
    const names = Array.from({ length: count }, (_, index) => `net.ipv4.${'a'.repeat(length)}${index}=1`)
    const { exitCode, answer } = askFor(names, NASTY.join('\n'))
    expect(exitCode).toBe(1)
    expect(answer).toMatchObject({
      code: 100,
      details: expect.stringContaining('repeat nothing within what is repeated') as string,
    })
    expect(now()).toEqual(BEFORE)
  })

  test('and the pattern is named', () => {
    const names = Array.from({ length: 250 }, (_, index) => `net.ipv4.${'a'.repeat(230)}${index}=1`)
    const list = ['^net\\.core\\.', ...NASTY, '(?i)^NET\\.IPV4\\.'].join('\n')
    const msg = /^\S+: "\^net.*" takes too long for the names of this request, so nothing is allowed; /
    expect(askFor(['net.core.somaxconn=1024', ...names], list)).toMatchObject({
      exitCode: 1,
      answer: { code: 100, msg: expect.stringMatching(msg) as string },
    })
    expect(now()).toEqual(BEFORE)
  })

  test('and hundreds of usual patterns are not too much', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `(?i)^net\\.(core|ipv4)\\.[[:alpha:]_]+x${index}$`)
    const list = [...lines, '(?i)^net\\.'].join('\n')
    expect(askFor(['net.core.somaxconn=1024', 'net.ipv4.tcp_fin_timeout=60'], list)).toMatchObject({ exitCode: 0 })
  })
})
