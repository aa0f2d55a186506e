import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CriNode, startCriNode } from './cri-node.ts'
import { leftOf, type Network } from './network.ts'
import { startPod, useNetwork } from './pod.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range'
const ANNOTATION = 'netns-sysctl/sysctls'
const CAPABILITIES = { 'io.kubernetes.cri.pod-annotations': true }
const POD = { allow: ['net.core.somaxconn', 'net.ipv4.ip_local_port_range', 'net.ipv4.conf.IFNAME.*'] }

let cri: CriNode

beforeAll(async () => {
  cri = await startCriNode()
})

afterAll(() => cri.close())

describe('a pod on containerd', () => {
  test.each(cniVersions())(
    'has the sysctls of its network, from ADD to the last DEL, with CNI %s',
    async (cniVersion) => {
      const name = `cni-${cniVersion}`
      const network: Network = { name, cniVersion, entry: { sysctl: { 'net.core.somaxconn': 16384 } } }
      await useNetwork(cri.call, network)
      const pod = await startPod(cri.call, {}, [SOMAXCONN])
      expect(await pod.exec('cat', '/first', SOMAXCONN)).toBe('16384\n16384\n')
      expect(leftOf(network)).toHaveLength(2)
      await pod.stop()
      await pod.stop()
      expect(leftOf(network)).toEqual([])
      await pod.remove()
    },
  )

  test('sets its own sysctls by an annotation, within what its network allows', async () => {
    const entry = { sysctl: { 'net.core.somaxconn': 1024 }, capabilities: CAPABILITIES, pod: POD }
    await useNetwork(cri.call, { name: 'annotated', entry })
    const wishes = 'net.core.somaxconn = 16384\nnet.ipv4.ip_local_port_range = 1024 65535\n'
    const pod = await startPod(cri.call, { annotations: { [ANNOTATION]: wishes } }, [SOMAXCONN, PORT_RANGE])
    expect(await pod.exec('cat', '/first')).toBe('16384\n1024\t65535\n')
    await pod.stop()
    await pod.remove()
  })

  test('has the sysctls of its network where it has no annotations', async () => {
    const entry = { sysctl: { 'net.core.somaxconn': 1024 }, capabilities: CAPABILITIES, pod: POD }
    await useNetwork(cri.call, { name: 'without', entry })
    const pod = await startPod(cri.call, {}, [SOMAXCONN])
    expect(await pod.exec('cat', '/first')).toBe('1024\n')
    await pod.stop()
    await pod.remove()
  })

  test.each(cniVersions())('has what is set before its interface is made, with CNI %s', async (cniVersion) => {
    const first = { sysctl: { 'net.ipv6.conf.default.accept_ra': 0, 'net.ipv6.conf.default.dad_transmits': 0 } }
    const network: Network = { name: `first-${cniVersion}`, cniVersion, first, entry: {} }
    await useNetwork(cri.call, network)
    const paths = ['accept_ra', 'dad_transmits'].map((name) => `/proc/sys/net/ipv6/conf/eth0/${name}`)
    const pod = await startPod(cri.call, {}, paths)
    expect(await pod.exec('cat', '/first')).toBe('0\n0\n')
    await pod.stop()
    expect(leftOf(network)).toEqual([])
    await pod.remove()
  })

  test('has the profile of its namespace, and that which it chooses', async () => {
    const profiles = {
      web: { sysctl: { 'net.core.somaxconn': 16384 } },
      ports: { sysctl: { 'net.ipv4.ip_local_port_range': '1024 65535' } },
    }
    const namespaces = { 'def*': { profile: 'web' } }
    const entry = { capabilities: CAPABILITIES, profiles, namespaces, pod: { profiles: ['ports'] } }
    await useNetwork(cri.call, { name: 'profiles', entry })
    const annotations = { 'netns-sysctl/profile': 'ports' }
    const pod = await startPod(cri.call, { annotations }, [SOMAXCONN, PORT_RANGE])
    expect(await pod.exec('cat', '/first')).toBe('16384\n1024\t65535\n')
    await pod.stop()
    await pod.remove()
  })

  test('does not start where it chooses a profile that it may not, and says which it may', async () => {
    const profiles = { web: { sysctl: { 'net.core.somaxconn': 16384 } }, ports: {} }
    const network: Network = {
      name: 'other',
      entry: { capabilities: CAPABILITIES, profiles, pod: { profiles: ['ports'] } },
    }
    await useNetwork(cri.call, network)
    await expect(startPod(cri.call, { annotations: { 'netns-sysctl/profile': 'web' } }, [SOMAXCONN])).rejects.toThrow(
      'plugin type="netns-sysctl" failed (add): annotation netns-sysctl/profile: pod default/web may not choose the ' +
        'profile "web"; it may choose "ports"',
    )
    expect(leftOf(network)).toEqual([])
  })

  test('does not start where it asks for too much, says why, and leaks no address', async () => {
    const network: Network = { name: 'greedy', entry: { capabilities: CAPABILITIES, pod: POD } }
    await useNetwork(cri.call, network)
    const annotations = { [ANNOTATION]: 'net.ipv4.tcp_syncookies = 0' }
    await expect(startPod(cri.call, { annotations }, [SOMAXCONN])).rejects.toThrow(
      'plugin type="netns-sysctl" failed (add): net.ipv4.tcp_syncookies: pod default/web may not set it; ' +
        "this network's pods may set net.core.somaxconn, net.ipv4.ip_local_port_range, net.ipv4.conf.IFNAME.*",
    )
    expect(leftOf(network)).toEqual([])
  })

  test('has what its securityContext sets, whatever its network says', async () => {
    const entry = { sysctl: { 'net.core.somaxconn': 16384, 'net.ipv4.ip_local_port_range': '1024 65535' } }
    await useNetwork(cri.call, { name: 'context', entry })
    const pod = await startPod(cri.call, { sysctls: { 'net.core.somaxconn': '512' } }, [SOMAXCONN, PORT_RANGE])
    expect(await pod.exec('cat', '/first')).toBe('512\n1024\t65535\n')
    await pod.stop()
    await pod.remove()
  })
})

/** 1.1.0 only if both bridge and containerd support it; containerd does from 2.0 on. */
function cniVersions(): string[] {
  const env = { CNI_COMMAND: 'VERSION', CNI_PATH: '/opt/cni/bin' }
  const { supportedVersions } = JSON.parse(
    execFileSync('/opt/cni/bin/bridge', { env, input: '{"cniVersion":"1.0.0"}', encoding: 'utf8' }),
  )
  const [, major = '0'] = / v?(\d+)\./.exec(execFileSync('containerd', ['--version'], { encoding: 'utf8' })) ?? []
  return ['1.0.0', '1.1.0'].filter(
    (version) => supportedVersions.includes(version) && (version !== '1.1.0' || Number(major) >= 2),
  )
}
