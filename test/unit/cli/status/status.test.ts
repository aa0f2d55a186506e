import { describe, expect, test } from 'vitest'
import { CONFLIST, conflist, fakeNode, podArgs } from '../../../helpers/node-state.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const OLD = { sysctl: { 'net.core.somaxconn': 8192 } }
const NEW = { sysctl: { 'net.core.somaxconn': 16384 } }
const WEB = podArgs('shop', 'web-0')

/** The states by container, and the exit code. */
function statesOf(node: ReturnType<typeof fakeNode>, ...args: readonly string[]) {
  const { exitCode, stdout } = node.type('status', '--json', ...args)
  const { attachments } = JSON.parse(stdout) as { attachments: Record<string, unknown>[] }
  return { exitCode, states: attachments.map(({ name, state, differences }) => [name, state, differences]) }
}

const difference = (wanted: string | null, current: string, name = 'net.core.somaxconn') => ({ name, wanted, current })

describe('status', () => {
  test('shows what is in order, with the conflist in force and the executable', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(NEW), args: WEB })
    const { exitCode, stdout } = node.type('status')
    expect(stdout).toBe(`conflist:    ${CONFLIST} (network net1) has the entry
executable:  /opt/cni/bin/netns-sysctl, unreleased

CONTAINER   NETWORK  INTERFACE  STATE
shop/web-0  net1     eth0       in order

1 attachment: 1 in order
`)
    expect(exitCode).toBe(0)
  })

  test('leaves out the network of lo, which containerd makes in every pod', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(NEW), args: WEB })
    const lo = {
      kind: 'cniCacheV1',
      containerId: 'c1',
      ifName: 'lo',
      networkName: 'cni-loopback',
      netns: '/run/netns/c1',
    }
    const plugins = { cniVersion: '1.0.0', name: 'cni-loopback', plugins: [{ type: 'loopback' }] }
    const config = Buffer.from(JSON.stringify(plugins)).toString('base64')
    node.put('/var/lib/cni/results/cni-loopback-c1-lo', JSON.stringify({ ...lo, config, cniArgs: WEB }))
    expect(statesOf(node)).toEqual({ exitCode: 0, states: [['shop/web-0', 'in order', []]] })
    expect(node.type('apply', '--all')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('1 attachment: '),
    })
  })

  test('tells of a value that is not what ADD left, which is wrong with --strict alone', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(NEW), args: WEB })
    node.set('c1', SOMAXCONN, '100')
    const changed = [['shop/web-0', 'changed', [difference('16384', '100')]]]
    expect(statesOf(node)).toEqual({ exitCode: 0, states: changed })
    expect(statesOf(node, '--strict')).toEqual({ exitCode: 1, states: changed })
  })

  test('tells of a container from before the conflist was changed, and what to restart', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(OLD), args: WEB })
    const { exitCode, stdout } = node.type('status')
    expect(stdout).toContain('outdated\n    net.core.somaxconn is 8192, wanted 16384\n')
    expect(stdout).toContain(
      '1 attachment: 1 outdated\nRestart, or bring up to date with netns-sysctl apply: shop/web-0\n',
    )
    expect(exitCode).toBe(1)
  })

  test('tells of what is not asked for any more', () => {
    const node = fakeNode({ sysctl: {} })
    node.add('c1', { config: conflist(OLD) })
    expect(statesOf(node)).toEqual({ exitCode: 1, states: [['c1', 'outdated', [difference(null, '8192')]]] })
  })

  test('tells of a container that was made without the plugin', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist() })
    expect(statesOf(node)).toEqual({ exitCode: 1, states: [['c1', 'without', [difference('16384', '4096')]]] })
  })

  test('tells of a container whose netns is gone, or another by now', () => {
    const node = fakeNode(NEW)
    for (const id of ['c1', 'c2']) node.add(id, { config: conflist(NEW) })
    node.state.trees.delete('/run/netns/c1')
    node.put('/proc/sys/kernel/random/boot_id', 'boot 2\n')
    expect(statesOf(node).states).toEqual([
      ['c1', 'gone', []],
      ['c2', 'gone', []],
    ])
  })

  test('tells of a netns that nothing is known of', () => {
    const node = fakeNode(NEW)
    node.state.trees.set('/run/netns/alien', new Map([['/proc/sys/net/core/somaxconn', { text: '4096\n' }]]))
    node.put('/run/netns/alien', '')
    expect(statesOf(node)).toEqual({ exitCode: 0, states: [['alien', 'unknown', []]] })
  })

  test('finds a container in no cache by its undo record', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(OLD) })
    node.remove('/var/lib/cni/results/net1-c1-eth0')
    expect(statesOf(node).states).toEqual([['c1', 'outdated', [difference('16384', '8192')]]])
  })

  test('compares without a record too, where restoreOnDel is false', () => {
    const entry = { ...OLD, restoreOnDel: false }
    const node = fakeNode(entry)
    node.add('c1', { config: conflist(entry) })
    node.set('c1', SOMAXCONN, '100')
    expect(statesOf(node).states).toEqual([['c1', 'changed', [difference('8192', '100')]]])
    node.put(CONFLIST, conflist(NEW))
    expect(statesOf(node).states).toEqual([['c1', 'outdated', [difference('16384', '100')]]])
  })

  test('asks what the pod asked by its annotation', () => {
    const entry = {
      pod: { allow: ['net.core.somaxconn'] },
      capabilities: { 'io.kubernetes.cri.pod-annotations': true },
    }
    const annotations = { 'netns-sysctl/sysctls': 'net.core.somaxconn = 1024' }
    const node = fakeNode(entry)
    const capabilityArgs = { 'io.kubernetes.cri.pod-annotations': annotations }
    node.add('c1', { config: conflist(), capabilityArgs, args: WEB })
    expect(statesOf(node).states).toEqual([['shop/web-0', 'without', [difference('1024', '4096')]]])
  })

  test("asks what the pod's namespace and profile ask, by the order in which libcni sends them", () => {
    const profiles = { few: { sysctl: { 'net.core.somaxconn': 1 } }, many: { sysctl: { 'net.core.somaxconn': 2 } } }
    const node = fakeNode({ profiles, namespaces: { 'team-*': { profile: 'many' }, '1*': { profile: 'many' } } })
    for (const namespace of ['team-a', '12', 'other']) {
      node.add(namespace, { config: conflist(), args: podArgs(namespace, 'web') })
    }
    expect(statesOf(node).states).toEqual([
      ['12/web', 'without', [difference('2', '4096')]],
      ['other/web', 'without', []],
      ['team-a/web', 'without', [difference('2', '4096')]],
    ])
    node.put(CONFLIST, conflist({ profiles, namespaces: { 'team-a': { profile: 'many' }, '*': { profile: 'few' } } }))
    expect(statesOf(node, '--namespace', 'team-a').states).toEqual([
      ['team-a/web', 'without', [difference('1', '4096')]],
    ])
  })

  test('counts an entry with first beside the one behind it, which wins', () => {
    const first = { first: true, sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.tcp_keepalive_time': 60 } }
    const node = fakeNode(first, NEW)
    node.add('c1', { config: conflist(first, NEW) })
    expect(statesOf(node)).toEqual({ exitCode: 0, states: [['c1', 'in order', []]] })
    node.put(CONFLIST, conflist({ ...first, sysctl: { 'net.ipv4.tcp_keepalive_time': 30 } }, NEW))
    expect(statesOf(node).states).toEqual([['c1', 'outdated', [difference('30', '60', 'net.ipv4.tcp_keepalive_time')]]])
    const { exitCode, stdout } = node.type('apply', '--all')
    expect(stdout).toContain('the entry with first counts for new containers only\n')
    expect(exitCode).toBe(1)
  })

  test('says why ADD would be refused now', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(NEW) })
    node.put('/etc/cni/netns-sysctl/allowlist.conf', '^net\\.ipv4\\.\n')
    const { exitCode, stdout } = node.type('status')
    expect(stdout).toContain('outdated\n    net.core.somaxconn: is not allowed on this node by')
    expect(exitCode).toBe(1)
  })

  test('filters by namespace and state', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(NEW), args: WEB })
    node.add('c2', { config: conflist(OLD), args: podArgs('lab', 'job') })
    expect(statesOf(node, '--namespace', 'shop')).toEqual({ exitCode: 0, states: [['shop/web-0', 'in order', []]] })
    expect(statesOf(node, '--state', 'outdated').states).toMatchObject([['lab/job', 'outdated', {}]])
    expect(node.type('status', '--state', 'fine').exitCode).toBe(2)
  })

  test('exit code 1 if the conflist has lost its entry, or the executable is missing', () => {
    const node = fakeNode()
    const { exitCode, stdout } = node.type('status')
    expect(stdout).toContain(`${CONFLIST} (network net1) has no entry of netns-sysctl\n`)
    expect(exitCode).toBe(1)
    node.put(CONFLIST, conflist(NEW))
    expect(node.type('status').exitCode).toBe(0)
    node.remove('/opt/cni/bin/netns-sysctl')
    expect(node.type('status').stdout).toContain('/opt/cni/bin/netns-sysctl is missing\n')
    expect(node.type('status').exitCode).toBe(1)
  })

  test("prints Prometheus' text format, whatever strangers have written", () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(OLD), args: podArgs('shop', 'a"b\\c\u001b\n') })
    const { stdout } = node.type('status', '--prometheus')
    expect(stdout).toContain('# TYPE netns_sysctl_attachments gauge\nnetns_sysctl_attachments{state="in order"} 0\n')
    expect(stdout).toContain('netns_sysctl_attachments{state="outdated"} 1\n')
    expect(stdout).toContain(
      'netns_sysctl_attachment_not_in_order{namespace="shop",pod="a\\"b\\\\c\\\\u{1b}\\\\u{a}",container="c1",network="net1",interface="eth0",state="outdated"} 1\n',
    )
    expect(stdout).toContain(`netns_sysctl_conflist_has_entry{file="${CONFLIST}"} 1\n`)
  })
})
