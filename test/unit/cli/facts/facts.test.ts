import { describe, expect, test } from 'vitest'
import { formatFacts, parseFacts } from '../../../../plugin/cli/facts/facts.ts'
import { type Machine, typed } from '../../../helpers/cli.ts'
import { listOf } from '../../../helpers/lint.ts'

const ALLOWLIST = '/etc/cni/netns-sysctl/allowlist.conf'
const FACTS = '/tmp/node.json'
const LIST = '/tmp/10-x.conflist'

/** What explain --facts prints on a machine. */
function factsOf(machine?: Machine): string {
  const { exitCode, stdout, stderr } = typed(['explain', '--facts'], machine)
  expect([exitCode, stderr]).toEqual([0, ''])
  return stdout
}

/** Lint's findings for an entry and the node with these facts, on a machine that has nothing of the node. */
function lintFor(facts: string, entry: Readonly<Record<string, unknown>>, args: readonly string[] = []) {
  const files = { [FACTS]: facts, [LIST]: listOf(entry) }
  return typed(['lint', '--node', FACTS, ...args, LIST], { files, fresh: null })
}

describe('explain --facts', () => {
  test('prints what a node has, and what a new netns has of it', () => {
    const facts = parseFacts(
      factsOf({
        host: { '/proc/sys/net/core/somaxconn': '1024\n', '/proc/sys/net/ipv4/conf/eth7/rp_filter': '2\n' },
        files: {
          '/proc/modules': 'tcp_htcp 16384 0 - Live 0x0\nbridge 1 0 - Live 0x0\n',
          [ALLOWLIST]: '^net\\.core\\.somaxconn$\n',
          '/etc/cni/net.d/10-a.conflist': '{"plugins": []}',
          '/etc/cni/net.d/20-b.conflist': '{}',
        },
      }),
      FACTS,
    )
    expect(facts).toMatchObject({
      devconfInherit: 0,
      modules: ['bridge', 'tcp_htcp'],
      allowlist: { path: ALLOWLIST, text: '^net\\.core\\.somaxconn$\n' },
      conflist: { path: '/etc/cni/net.d/10-a.conflist', text: '{"plugins": []}' },
    })
    expect(facts.sysctls['net.core.somaxconn']).toEqual(['0644', '0644', '1024', '4096', false])
    expect(facts.sysctls['net.core.rmem_max']).toEqual(['0644', '0444', '212992', '212992', true])
    expect(facts.sysctls['net.core.netdev_max_backlog']).toEqual(['0644', null, '1000', null, null])
    expect(facts.sysctls['net.ipv4.conf.all.rp_filter']).toEqual(['0644', '0644', '0', '0', true])
    expect(Object.keys(facts.sysctls).filter((name) => name.includes('eth'))).toEqual([])
  })

  test('leaves secrets out', () => {
    const secret = { '/proc/sys/net/ipv4/tcp_fastopen_key': { text: '1-2-3-4\n', mode: 0o600 } }
    expect(factsOf({ host: secret, fresh: secret })).toContain(
      '"net.ipv4.tcp_fastopen_key": ["0600", "0600", null, null, false]',
    )
  })

  test('--json prints the same', () => {
    const { stdout } = typed(['explain', '--facts', '--json'])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(factsOf()))
  })

  test.each([
    [
      ['explain', '--facts', 'net.core.somaxconn'],
      {},
      '--facts is about all sysctls; leave out the names; see netns-sysctl explain --help',
    ],
    [['explain', '--facts'], { fresh: null }, 'a network namespace to look into cannot be made: run it as root'],
  ])('is refused: %j', (args, machine, words) => {
    const { exitCode, stdout, stderr } = typed(args, machine)
    expect([exitCode, stdout, stderr]).toEqual([2, '', `netns-sysctl: ${words}\n`])
  })

  test('is read as it was written', () => {
    const facts = parseFacts(factsOf(), FACTS)
    expect(parseFacts(formatFacts(facts), FACTS)).toEqual(facts)
  })
})

describe('lint --node', () => {
  const PINGPONG = { '/proc/sys/net/ipv4/tcp_pingpong_thresh': '1\n' }

  test('checks an entry by what the other node has, without looking at this one', () => {
    const facts = factsOf({ host: PINGPONG, fresh: PINGPONG })
    const { exitCode, stdout } = lintFor(facts, { sysctl: { 'net.ipv4.tcp_pingpong_thresh': 2 } })
    expect([exitCode, stdout]).toEqual([
      0,
      `${LIST}: nothing found
not looked at: what the kernel does with the values: no rehearsal, these are the facts of another node
note: for a node with Linux ${JSON.parse(facts).release}
`,
    ])
  })

  test('finds what that node has not, what it has for the whole node only, and what is read-only there', () => {
    const { exitCode, stdout } = lintFor(factsOf(), {
      sysctl: { 'net.ipv4.tcp_pingpong_thresh': 2, 'net.core.netdev_max_backlog': 2, 'net.core.rmem_max': 1 },
    })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/:\d+:\d+: error: net\.ipv4\.tcp_pingpong_thresh: does not exist on Linux/)
    expect(stdout).toMatch(/:\d+:\d+: error: net\.core\.netdev_max_backlog: exists only on the host/)
    expect(stdout).toMatch(/:\d+:\d+: error: net\.core\.rmem_max: is read-only in a container/)
  })

  test('holds values to the form of what a container shows there', () => {
    const { stdout } = lintFor(factsOf(), {
      sysctl: {
        'net.core.somaxconn': '1024 2048',
        'net.ipv4.conf.IFNAME.rp_filter': 'on',
        '-net.ipv4.tcp_keepalive_time': '1 2',
        'net.ipv4.ip_local_port_range': '1024',
      },
    })
    const found = stdout.split('\n').filter((line) => /: (error|warning): /.test(line))
    expect(found.map((line) => line.replace(/^[^ ]+ /, ''))).toEqual([
      'error: net.core.somaxconn: "1024 2048" must be one integer',
      'error: net.ipv4.conf.IFNAME.rp_filter: "on" must be one integer',
      'warning: net.ipv4.tcp_keepalive_time: "1 2" must be one integer',
      'warning: net.ipv4.ip_local_port_range: "1024" sets only the first of 2 integers, the last one stays as before',
    ])
  })

  test("holds it to that node's allowlist", () => {
    const facts = factsOf({ files: { [ALLOWLIST]: '^net\\.ipv4\\.' } })
    const { exitCode, stdout } = lintFor(facts, { sysctl: { 'net.core.somaxconn': 1024 } })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`error: net.core.somaxconn: is not allowed on this node by ${ALLOWLIST}`)
  })

  test('knows what can be inherited there', () => {
    const facts = factsOf({ host: PINGPONG, fresh: PINGPONG })
    const inherit = ['net.ipv4.tcp_pingpong_*', 'net.ipv4.conf.IFNAME.rp_filter', 'net.core.somaxconn']
    expect(lintFor(facts, { inherit }).exitCode).toBe(0)
    expect(lintFor(factsOf(), { inherit }).stdout).toContain(
      'error: net.ipv4.tcp_pingpong_*: matches nothing that can be set',
    )
  })

  test('checks the conflist that is in force there, where no file is named', () => {
    const text = listOf({ sysctl: { 'net.core.somaxcon': 1 } })
    const facts = factsOf({ files: { '/etc/cni/net.d/10-a.conflist': text } })
    const { exitCode, stdout } = typed(['lint', '--node', FACTS], { files: { [FACTS]: facts } })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^\/etc\/cni\/net\.d\/10-a\.conflist:\d+:\d+: error: net\.core\.somaxcon: does not exist/)
  })

  test.each([
    ['{}', [], `${FACTS}: is not what netns-sysctl explain --facts prints (kind)`],
    ['{', [], `${FACTS}:1:2: is not JSON: ends where a name in double quotes should be`],
    [
      undefined,
      ['--host-root', '/host'],
      '--node goes without --host-root: it is about another node; see netns-sysctl lint --help',
    ],
  ])('refuses what makes no sense: %j', (facts, args, words) => {
    const { exitCode, stderr } = lintFor(facts ?? factsOf(), {}, args)
    expect([exitCode, stderr]).toEqual([2, `netns-sysctl: ${words}\n`])
  })

  test('needs a file where the node has no conflist', () => {
    const { exitCode, stderr } = typed(['lint', '--node', FACTS], { files: { [FACTS]: factsOf() } })
    expect([exitCode, stderr]).toEqual([
      2,
      'netns-sysctl: lint needs a file: the node of these facts has no conflist in force; see netns-sysctl lint --help\n',
    ])
  })
})
