import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { IMAGE } from './image.ts'
import { installNetworks, leftOf, type Network } from './network.ts'
import { podman, podmanRun, preparePodman, tryPodmanRun } from './podman.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const RP_FILTER = (ifName: string) => `/proc/sys/net/ipv4/conf/${ifName}/rp_filter`

beforeAll(preparePodman)

describe('podman', () => {
  test('starts the first process of a container with the sysctls of its network and of the node', async () => {
    const sysctl = {
      'net.core.somaxconn': 16384,
      'net.ipv4.ip_local_port_range': '1024 65535',
      'net.ipv4.conf.IFNAME.rp_filter': 2,
    }
    const network: Network = { name: 'web', entry: { sysctl, inherit: ['net.ipv4.tcp_keepalive_*'] } }
    installNetworks(network)
    writeFileSync('/proc/sys/net/ipv4/tcp_keepalive_time', '300')
    const paths = ['ip_local_port_range', 'conf/eth0/rp_filter', 'tcp_keepalive_time'].map(
      (name) => `/proc/sys/net/ipv4/${name}`,
    )
    const seen = await podmanRun('--rm', '--network', 'web', IMAGE, 'cat', SOMAXCONN, ...paths)
    expect(seen).toBe('16384\n1024\t65535\n2\n300\n')
    expect(leftOf(network)).toEqual([])
  })

  test('starts two containers at once', async () => {
    const network: Network = { name: 'both', entry: { sysctl: { 'net.core.somaxconn': 16384 } } }
    installNetworks(network)
    await Promise.all(['one', 'two'].map((name) => podmanRun('-d', '--name', name, '--network', 'both', IMAGE)))
    expect(await Promise.all(['one', 'two'].map((name) => podman('exec', name, 'cat', SOMAXCONN)))).toEqual([
      '16384\n',
      '16384\n',
    ])
    expect(leftOf(network)).toHaveLength(4)
    await podman('rm', '--force', '--time', '0', 'one', 'two')
    expect(leftOf(network)).toEqual([])
  })

  test('connects a container to a second network, and puts its sysctls back on disconnect', async () => {
    const first: Network = { name: 'first', entry: { sysctl: { 'net.core.somaxconn': 1024 } } }
    const sysctl = { 'net.core.somaxconn': 16384, 'net.ipv4.conf.IFNAME.rp_filter': 2 }
    const second: Network = { name: 'second', number: 2, entry: { sysctl } }
    installNetworks(first, second)
    await podmanRun('-d', '--name', 'multi', '--network', 'first', IMAGE)
    expect(await podman('exec', 'multi', 'cat', SOMAXCONN)).toBe('1024\n')
    await podman('network', 'connect', 'second', 'multi')
    expect(await podman('exec', 'multi', 'cat', SOMAXCONN, RP_FILTER('eth1'))).toBe('16384\n2\n')
    await podman('network', 'disconnect', 'second', 'multi')
    expect(await podman('exec', 'multi', 'cat', SOMAXCONN)).toBe('1024\n')
    expect(leftOf(second)).toEqual([])
    await podman('rm', '--force', '--time', '0', 'multi')
  })

  test('sends the sysctls of an entry sorted by name, as lint takes them', async () => {
    const sysctl = { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.IFNAME.forwarding': 0, 'net.core.somaxconn': 16384 }
    const network: Network = { name: 'sorted', entry: { sysctl } }
    installNetworks(network)
    const path = '/proc/sys/net/ipv4/conf/eth0/forwarding'
    expect(await podmanRun('--rm', '--network', 'sorted', IMAGE, 'cat', path, SOMAXCONN)).toBe('1\n16384\n')
  })

  test('with a user namespace the network wins over --sysctl, as podman calls it after runc', async () => {
    const sysctl = { 'net.core.somaxconn': 16384, 'net.ipv4.conf.IFNAME.rp_filter': 2 }
    const network: Network = { name: 'userns', entry: { sysctl, inherit: ['net.ipv4.tcp_keepalive_*'] } }
    installNetworks(network)
    const ids = ['--uidmap', '0:100000:65536', '--gidmap', '0:100000:65536']
    const run = (...options: readonly string[]) => {
      const own = ['--sysctl', 'net.core.somaxconn=2048', ...options]
      return podmanRun('--rm', '--network', 'userns', ...own, IMAGE, 'cat', SOMAXCONN, RP_FILTER('eth0'))
    }
    expect(await run()).toBe('2048\n2\n')
    expect(await run(...ids)).toBe('16384\n2\n')
    expect(leftOf(network)).toEqual([])
  })

  test.each([
    ['bridge', '0.3.1'],
    ['bridge', '0.4.0'],
    ['bridge', '1.0.0'],
    ['ptp', '0.3.1'],
    ['ptp', '0.4.0'],
    ['ptp', '1.0.0'],
  ] as const)('sets before %s what an interface starts with, CNI %s', async (main, cniVersion) => {
    const first = { sysctl: { 'net.ipv6.conf.default.accept_ra': 0, 'net.ipv6.conf.default.dad_transmits': 0 } }
    const entry = { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 2 } }
    const network: Network = { name: 'first', main, cniVersion, first, entry }
    installNetworks(network)
    const paths = ['accept_ra', 'dad_transmits'].map((name) => `/proc/sys/net/ipv6/conf/eth0/${name}`)
    const seen = await podmanRun('--rm', '--network', 'first', IMAGE, 'cat', ...paths, RP_FILTER('eth0'))
    expect(seen).toBe('0\n0\n2\n')
    expect(leftOf(network)).toEqual([])
  })

  test('undoes both entries of a chain on disconnect, each its own', async () => {
    const one: Network = { name: 'one', entry: { sysctl: { 'net.core.somaxconn': 1024 } } }
    const first = { sysctl: { 'net.ipv4.conf.default.rp_filter': 2, 'net.core.somaxconn': 2048 } }
    const entry = { sysctl: { 'net.core.somaxconn': 16384, 'net.ipv4.conf.default.rp_filter': 1 } }
    const two: Network = { name: 'two', number: 2, first, entry }
    installNetworks(one, two)
    await podmanRun('-d', '--name', 'chain', '--network', 'one', IMAGE)
    const before = await podman('exec', 'chain', 'cat', SOMAXCONN, RP_FILTER('default'))
    await podman('network', 'connect', 'two', 'chain')
    const seen = await podman('exec', 'chain', 'cat', SOMAXCONN, RP_FILTER('default'), RP_FILTER('eth1'))
    expect(seen).toBe('16384\n1\n2\n')
    await podman('network', 'disconnect', 'two', 'chain')
    expect(await podman('exec', 'chain', 'cat', SOMAXCONN, RP_FILTER('default'))).toBe(before)
    expect(leftOf(two)).toEqual([])
    await podman('rm', '--force', '--time', '0', 'chain')
  })

  test('shows a person why a container does not start, and leaks no address', async () => {
    const network: Network = { name: 'wrong', entry: { sysctl: { 'net.core.somaxcon': 16384 } } }
    installNetworks(network)
    const { status, stdout, stderr } = await tryPodmanRun('--rm', '--network', 'wrong', IMAGE, 'cat', SOMAXCONN)
    expect({ status, stdout }).toEqual({ status: 126, stdout: '' })
    expect(stderr).toContain('cni plugin netns-sysctl failed: net.core.somaxcon: does not exist')
    expect(stderr).toContain('did you mean net.core.somaxconn?')
    expect(leftOf(network)).toEqual([])
  })
})
