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

  test('shows a person why a container does not start, and leaks no address', async () => {
    const network: Network = { name: 'wrong', entry: { sysctl: { 'net.core.somaxcon': 16384 } } }
    installNetworks(network)
    const { status, stdout, stderr } = await tryPodmanRun('--rm', '--network', 'wrong', IMAGE, 'cat', SOMAXCONN)
    expect({ status, stdout }).toEqual({ status: 126, stdout: '' })
    expect(stderr).toContain('cni plugin netns-sysctl failed: net.core.somaxcon: does not exist on Linux')
    expect(stderr).toContain('did you mean net.core.somaxconn?')
    expect(leftOf(network)).toEqual([])
  })
})
