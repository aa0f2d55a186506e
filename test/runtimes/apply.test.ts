import { afterAll, beforeAll, expect, test } from 'vitest'
import { execute } from './command.ts'
import { type CriNode, startCriNode } from './cri-node.ts'
import { installNetworks, leftOf, type Network } from './network.ts'
import { startPod, useNetwork } from './pod.ts'

const PLUGIN = '/opt/cni/bin/netns-sysctl'
const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const KEEPALIVE = '/proc/sys/net/ipv4/tcp_keepalive_time'

let cri: CriNode

beforeAll(async () => {
  cri = await startCriNode()
})

afterAll(() => cri.close())

const networkOf = (sysctl: Network['entry']): Network => ({ name: 'applied', entry: { sysctl } })

test('pods of containerd are brought up to date by their namespace, and removed as if they had started so', async () => {
  const old = networkOf({ 'net.core.somaxconn': 8192, 'net.ipv4.tcp_keepalive_time': 60 })
  await useNetwork(cri.call, old)
  const pod = await startPod(cri.call, {}, [SOMAXCONN, KEEPALIVE])
  expect(await pod.exec('cat', '/first')).toBe('8192\n60\n')
  installNetworks(networkOf({ 'net.core.somaxconn': 16384 }))
  const dry = await execute(PLUGIN, ['apply', '--namespace', 'default', '--dry-run'])
  expect(dry.stdout).toContain(
    'default/web (network applied, eth0)\n    net.core.somaxconn would be set: 8192 -> 16384\n',
  )
  expect(await pod.exec('cat', SOMAXCONN)).toBe('8192\n')
  const applied = await execute(PLUGIN, ['apply', '--namespace', 'default'])
  expect([applied.status, applied.stderr]).toEqual([0, ''])
  expect(await pod.exec('cat', SOMAXCONN, KEEPALIVE)).toBe('16384\n7200\n')
  const again = await execute(PLUGIN, ['apply', '--namespace', 'default'])
  expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('0 changed, 1 as they are')])
  expect((await execute(PLUGIN, ['status', '--namespace', 'default'])).stdout).toContain('in order\n')
  await pod.stop()
  await pod.remove()
  expect(leftOf(old)).toEqual([])
})
