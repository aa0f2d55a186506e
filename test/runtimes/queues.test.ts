import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { execute } from './command.ts'
import { IMAGE } from './image.ts'
import { installNetworks, type Network } from './network.ts'
import { podman, podmanRun, preparePodman } from './podman.ts'

const PLUGIN = '/opt/cni/bin/netns-sysctl'

beforeAll(preparePodman)

test("queues shows the servers of podman's containers, by libcni's cache and the undo record", async () => {
  const network: Network = { name: 'queues', entry: { sysctl: { 'net.core.somaxconn': 16384 } } }
  installNetworks(network)
  const server = ['busybox', 'nc', '-l', '-p', '8080']
  const id = await podmanRun('-d', '--name', 'listener', '--network', 'queues', IMAGE, ...server)
  const { status, stdout } = await lookUntilItListens()
  expect(stdout).toContain(`"containerId": "${id.trim()}"`)
  const { containers } = JSON.parse(stdout) as { containers: { containerId: string }[] }
  expect(status).toBe(0)
  expect(containers.filter(({ containerId }) => containerId === id.trim())).toMatchObject([
    {
      pod: null,
      somaxconn: 16384,
      queues: [{ address: '[::]:8080', process: { name: 'busybox' }, waiting: 0, state: 'fine', cause: 'server' }],
    },
  ])
  await podman('rm', '--force', '--time', '0', 'listener')
})

async function lookUntilItListens() {
  for (let attempt = 1; ; attempt++) {
    const looked = await execute(PLUGIN, ['queues', '--json'])
    if (looked.stdout.includes(':8080"') || attempt === 50) return looked
    await sleep(100)
  }
}
