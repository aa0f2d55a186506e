import { describe, expect, test } from 'vitest'
import { CONFLIST, conflist, fakeNode, podArgs } from '../../../helpers/node-state.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const KEEPALIVE = '/proc/sys/net/ipv4/tcp_keepalive_time'
const OLD = { sysctl: { 'net.core.somaxconn': 8192, 'net.ipv4.tcp_keepalive_time': 60 } }
const NEW = { sysctl: { 'net.core.somaxconn': 16384 } }

/** A node with a container of the old conflist, and the new one in force. */
function outdatedNode(container = {}) {
  const node = fakeNode(NEW)
  node.add('c1', { config: conflist(OLD), args: podArgs('shop', 'web-0'), container })
  return node
}

const valuesOf = (node: ReturnType<typeof fakeNode>) => [SOMAXCONN, KEEPALIVE].map((path) => node.textOf('c1', path))

describe('apply', () => {
  test('sets what the conflist asks now, and puts back what it does not ask any more', () => {
    const node = outdatedNode()
    const { exitCode, stdout } = node.type('apply', '--all')
    expect(stdout).toBe(`shop/web-0 (network net1, eth0)
    net.core.somaxconn set: 8192 -> 16384
    net.ipv4.tcp_keepalive_time put back, not asked for any more: 60 -> 7200
1 attachment: 1 changed, 0 as they are
`)
    expect(exitCode).toBe(0)
    expect(valuesOf(node)).toEqual(['16384', '7200'])
    expect(node.type('status').exitCode).toBe(0)
  })

  test('is what CHECK accepts with the old request, and DEL undoes', () => {
    const node = outdatedNode()
    expect(node.ask('CHECK', 'c1', OLD).exitCode).toBe(0)
    node.type('apply', '--all')
    expect(node.ask('CHECK', 'c1', OLD).exitCode).toBe(0)
    node.set('c1', SOMAXCONN, '100')
    expect(node.ask('CHECK', 'c1', OLD).answer).toMatchObject({ msg: 'net.core.somaxconn: is "100", not "16384"' })
    node.set('c1', SOMAXCONN, '16384')
    expect(node.ask('DEL', 'c1', OLD).exitCode).toBe(0)
    expect(valuesOf(node)).toEqual(['4096', '7200'])
    expect([...node.state.shared.keys()].filter((path) => path.includes('containers/'))).toEqual([])
  })

  test('CHECK accepts that everything was put back', () => {
    const node = outdatedNode()
    node.put(CONFLIST, conflist())
    node.type('apply', '--all')
    expect(valuesOf(node)).toEqual(['4096', '7200'])
    expect(node.ask('CHECK', 'c1', OLD).exitCode).toBe(0)
    expect(node.ask('DEL', 'c1', OLD).exitCode).toBe(0)
  })

  test('CHECK holds an ADD after that to its own request again', () => {
    const node = outdatedNode()
    node.type('apply', '--all')
    expect(node.ask('ADD', 'c1', OLD).exitCode).toBe(0)
    node.set('c1', SOMAXCONN, '16384')
    expect(node.ask('CHECK', 'c1', OLD).exitCode).toBe(1)
  })

  test('leaves what was changed since ADD, unless --force is given', () => {
    const node = outdatedNode()
    node.set('c1', SOMAXCONN, '100')
    const { exitCode, stdout } = node.type('apply', '--all')
    expect(stdout).toContain('net.core.somaxconn stays 100, changed since ADD; wanted 16384 (--force)\n')
    expect(exitCode).toBe(1)
    expect(valuesOf(node)).toEqual(['100', '7200'])
    expect(node.type('apply', '--all', '--force').exitCode).toBe(0)
    expect(valuesOf(node)).toEqual(['16384', '7200'])
    node.ask('DEL', 'c1', OLD)
    expect(valuesOf(node)).toEqual(['4096', '7200'])
  })

  test('leaves it also where ADD has kept no record', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist({ ...OLD, restoreOnDel: false }) })
    node.set('c1', SOMAXCONN, '100')
    expect(node.type('apply', '--all').exitCode).toBe(1)
    expect(valuesOf(node)).toEqual(['100', '60'])
  })

  test('leaves what a later attachment has set', () => {
    const node = outdatedNode({ '/proc/thread-self/net/dev': 'a\nb\n lo: 0\neth0: 0\neth1: 0\n' })
    const later = { name: 'net2', sysctl: { 'net.core.somaxconn': 1024 } }
    node.ask('ADD', 'c1', later)
    node.type('apply', '--all')
    expect(valuesOf(node)).toEqual(['1024', '7200'])
  })

  test('leaves a container alone whose values are of two entries of one chain', () => {
    const node = outdatedNode()
    node.ask('ADD', 'c1', { sysctl: { 'net.core.somaxconn': 1024 } })
    const { exitCode, stderr } = node.type('apply', '--all')
    expect([exitCode, valuesOf(node)]).toEqual([2, ['1024', '60']])
    expect(stderr).toContain('the values of this container were set by 2 entries of one chain')
    node.ask('DEL', 'c1', { sysctl: { 'net.core.somaxconn': 1024 } })
    expect(valuesOf(node)).toEqual(['8192', '60'])
    node.ask('DEL', 'c1', OLD)
    expect(valuesOf(node)).toEqual(['4096', '7200'])
  })

  test('only tells with --dry-run, and writes nothing', () => {
    const node = outdatedNode()
    const before = new Map(node.state.shared)
    const { stdout, os } = node.type('apply', '--all', '--dry-run')
    expect(stdout).toContain('net.core.somaxconn would be set: 8192 -> 16384\n')
    expect(stdout).toContain('1 attachment: 1 would be changed, 0 as they are\n')
    expect(os.writes).toEqual([])
    expect(new Map(node.state.shared)).toEqual(before)
  })

  test('brings the plugin to a container that was made without it', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist() })
    expect(node.type('apply', '--all', '--dry-run').exitCode).toBe(0)
    node.type('apply', '--all')
    expect(node.textOf('c1', SOMAXCONN)).toBe('16384')
    expect(node.type('status').stdout).toContain('in order')
  })

  test('keeps everything as it was where the kernel refuses, and goes on with the next container', () => {
    const node = fakeNode({ sysctl: { 'net.core.somaxconn': 16384, 'net.ipv4.tcp_keepalive_time': 60 } })
    const container = { [KEEPALIVE]: { text: '7200\n', writeFails: 'EINVAL' } }
    node.add('c1', { config: conflist({ sysctl: { 'net.core.somaxconn': 8192 } }), container })
    node.add('c2', { config: conflist({ sysctl: { 'net.core.somaxconn': 8192 } }) })
    const before = [...node.state.shared].filter(([path]) => path.includes('/c1/'))
    const { exitCode, stdout, stderr } = node.type('apply', '--all')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('c1: net.ipv4.tcp_keepalive_time: the kernel refuses')
    expect(stdout).toContain('2 attachments: 1 changed, 1 failed, 0 as they are')
    expect(valuesOf(node)).toEqual(['8192', '7200'])
    expect([...node.state.shared].filter(([path]) => path.includes('/c1/'))).toEqual(before)
    expect(node.textOf('c2', SOMAXCONN)).toBe('16384')
  })

  test('counts the servers that keep their accept queue', () => {
    const tcp =
      '  sl  local_address rem_address   st\n   0: 00000000:1F90 00000000:0000 0A 0\n   1: 00000000:1F91 00000000:0000 01 0\n'
    const node = outdatedNode({ '/proc/thread-self/net/tcp': tcp, '/proc/thread-self/net/tcp6': tcp })
    expect(node.type('apply', '--all').stdout.split('\n').slice(-3).join(' ')).toBe(
      'net.core.somaxconn: 2 sockets listen already and keep their accept queue; restart the servers in: shop/web-0 ',
    )
  })

  test('takes the containers that are chosen, and none without a choice', () => {
    const node = outdatedNode()
    node.add('d2', { config: conflist(OLD), args: podArgs('lab', 'job') })
    for (const args of [[], ['--all', '--namespace', 'shop'], ['--container', '']]) {
      expect(node.type('apply', ...args).exitCode).toBe(2)
    }
    expect(node.type('apply', '--namespace', 'nowhere').stderr).toContain(
      'no attachment of a running container matches',
    )
    node.type('apply', '--container', 'd')
    expect([node.textOf('c1', SOMAXCONN), node.textOf('d2', SOMAXCONN)]).toEqual(['8192', '16384'])
    node.type('apply', '--namespace', 'shop')
    expect(node.textOf('c1', SOMAXCONN)).toBe('16384')
  })

  test('holds to the allowlist', () => {
    const node = outdatedNode()
    node.put('/etc/cni/netns-sysctl/allowlist.conf', '^net\\.ipv4\\.\n')
    const { exitCode, stderr } = node.type('apply', '--all')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('net.core.somaxconn: is not allowed on this node')
    expect(valuesOf(node)).toEqual(['8192', '60'])
  })
})

describe('a network that is in no conflist of the node, as those of Multus', () => {
  const nodeWith = (entry: typeof OLD) => {
    const node = fakeNode(NEW)
    node.add('c1', { config: conflist(entry) })
    node.put(CONFLIST, conflist(NEW).replace('"net1"', '"net2"'))
    return node
  }

  test('is left as it is, which is told', () => {
    const { exitCode, stdout } = nodeWith(OLD).type('apply', '--all')
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('no conflist of the node has a network net1')])
  })

  test('is no matter where the plugin has no part in it', () => {
    const node = fakeNode(NEW)
    node.add('c1', { config: JSON.stringify({ name: 'net1', plugins: [{ type: 'macvlan' }] }) })
    node.put(CONFLIST, conflist(NEW).replace('"net1"', '"net2"'))
    expect(node.type('apply', '--all')).toMatchObject({
      exitCode: 0,
      stdout: '1 attachment: 0 changed, 1 as they are\n',
    })
  })
})
