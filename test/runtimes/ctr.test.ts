import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Containerd, startContainerd, tryCtrRun } from './containerd.ts'
import { installNetworks, leftOf, type Network } from './network.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

let containerd: Containerd

beforeAll(async () => {
  containerd = await startContainerd()
})

afterAll(() => containerd.close())

describe('ctr run --cni', () => {
  test('starts a container with the sysctls of its network', async () => {
    const sysctl = { 'net.core.somaxconn': 16384, 'net.ipv4.conf.IFNAME.rp_filter': 2 }
    const network: Network = { name: 'ctr-right', entry: { sysctl } }
    installNetworks(network)
    expect(await tryCtrRun('right', 'cat', SOMAXCONN, '/proc/sys/net/ipv4/conf/eth0/rp_filter')).toEqual({
      status: 0,
      stdout: '16384\n2\n',
      stderr: '',
    })
    expect(leftOf(network)).toEqual([])
  })

  test('shows a person why a container does not start, and leaks no address', async () => {
    const network: Network = { name: 'ctr-wrong', entry: { sysctl: { 'net.core.somaxconn': 'many' } } }
    installNetworks(network)
    const { status, stdout, stderr } = await tryCtrRun('wrong', 'cat', SOMAXCONN)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('plugin type="netns-sysctl" failed (add): net.core.somaxconn: "many" must be one integer')
    expect(leftOf(network)).toEqual([])
  })
})
