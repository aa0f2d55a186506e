import { beforeAll, describe, expect, test } from 'vitest'
import { execute } from './command.ts'
import { IMAGE } from './image.ts'
import { installNetworks, leftOf, type Network } from './network.ts'
import { podman, podmanRun, preparePodman } from './podman.ts'

const PLUGIN = '/opt/cni/bin/netns-sysctl'
const SOMAXCONN = '/proc/sys/net/core/somaxconn'

beforeAll(preparePodman)

const networkOf = (sysctl: Network['entry']): Network => ({ name: 'web', entry: { sysctl } })

describe('status and apply with podman', () => {
  test('a running container is brought to what the conflist asks now, and is removed as if it had started so', async () => {
    const old = networkOf({ 'net.core.somaxconn': 8192, 'net.ipv4.tcp_keepalive_time': 60 })
    installNetworks(old)
    const id = (await podmanRun('-d', '--name', 'old', '--network', 'web', IMAGE)).trim()
    const before = await execute(PLUGIN, ['status', '--state', 'in order'])
    expect(before.stdout).toContain(`${id.slice(0, 12)}  web      eth0       in order\n`)
    installNetworks(networkOf({ 'net.core.somaxconn': 16384 }))
    const outdated = await execute(PLUGIN, ['status'])
    expect(outdated.status).toBe(1)
    expect(outdated.stdout).toContain('net.core.somaxconn is 8192, wanted 16384\n')
    expect(outdated.stdout).toContain('net.ipv4.tcp_keepalive_time is 60, not asked for any more\n')
    const applied = await execute(PLUGIN, ['apply', '--container', id.slice(0, 12)])
    expect({ status: applied.status, stderr: applied.stderr }).toEqual({ status: 0, stderr: '' })
    expect(await podman('exec', 'old', 'cat', SOMAXCONN)).toBe('16384\n')
    // The exit code is for the whole node, which has containers of other tests.
    const after = await execute(PLUGIN, ['status', '--state', 'in order'])
    expect(after.stdout).toContain(`${id.slice(0, 12)}  web      eth0       in order\n`)
    await podman('network', 'disconnect', 'web', 'old')
    expect(await podman('exec', 'old', 'cat', SOMAXCONN)).toBe('4096\n')
    expect(leftOf(old)).toEqual([])
    await podman('rm', '--force', '--time', '0', 'old')
  })
})
