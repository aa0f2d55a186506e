import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AGENTS, byRename, type Rewrite } from '../helpers/agents.ts'
import { execute } from './command.ts'
import { tryCtrRun } from './containerd.ts'
import { type CriNode, startCriNode } from './cri-node.ts'
import { IMAGE } from './image.ts'
import { CONF_DIR, formatConflist } from './network.ts'
import { startPod, waitForNetwork } from './pod.ts'
import { podman, podmanRun, preparePodman, tryPodmanRun } from './podman.ts'
import { OWN_FILE, PLUGIN, startWatcher, type Watcher } from './watcher.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const LIST = join(CONF_DIR, '10-web.conflist')
const OWN = ['--own-file', OWN_FILE, '--sysctl', 'net.core.somaxconn=16384']
/** NETNS_SYSCTL_LONG=1: as long as the acceptance of a release takes. */
const CONTAINERS = process.env.NETNS_SYSCTL_LONG === undefined ? 3 : 30
const textOf = (mtu: number) => formatConflist({ name: 'web', mtu })

let cri: CriNode
let watcher: Watcher

beforeAll(async () => {
  await preparePodman()
  cri = await startCriNode()
})

afterAll(() => cri.close())

beforeEach(() => {
  for (const name of readdirSync(CONF_DIR)) rmSync(join(CONF_DIR, name))
  writeFileSync(LIST, textOf(1400))
})

afterEach(() => watcher.end('SIGKILL'))

/** The values that the first process of a new container finds, with each runtime; the error if there is none. */
const RUNTIMES = [
  [
    'podman',
    async () => {
      const { stdout, stderr } = await tryPodmanRun('--rm', '--network', 'web', IMAGE, 'cat', SOMAXCONN)
      return stdout || stderr
    },
  ],
  [
    'ctr',
    async () => {
      const { stdout, stderr } = await tryCtrRun(`web-${crypto.randomUUID()}`, 'cat', SOMAXCONN)
      return stdout || stderr
    },
  ],
  [
    'a pod on containerd',
    async () => {
      const pod = await startPod(cri.call, {}, [SOMAXCONN])
      const seen = await pod.exec('cat', '/first')
      await pod.stop()
      await pod.remove()
      return seen
    },
  ],
] as const satisfies readonly (readonly [string, () => Promise<string>])[]

/** Starts containers, one after the other, while an agent rewrites its file as fast as possible. */
async function startWhileRewriting(start: () => Promise<string>, rewrite: Rewrite): Promise<string[]> {
  const run = { isOver: false, rewrites: 0 }
  const agent = async () => {
    for (; !run.isOver; await sleep((run.rewrites * 37) % 61)) {
      run.rewrites += 1
      rewrite(LIST, textOf(1300 + (run.rewrites % 100)))
    }
  }
  const rewriting = agent()
  const seen: string[] = []
  try {
    for (let number = 0; number < CONTAINERS; number += 1) seen.push(await start())
  } finally {
    run.isOver = true
    await rewriting
  }
  expect(run.rewrites).toBeGreaterThan(CONTAINERS)
  return seen
}

describe.each(AGENTS)('while an agent rewrites its conflist as %s', (_, rewrite) => {
  test.each(RUNTIMES)('no container of %s starts without the values of --own-file', async (_runtime, start) => {
    watcher = startWatcher(...OWN)
    expect(await watcher.isReady()).toBe(true)
    await waitForNetwork(cri.call, 'web')
    expect(await startWhileRewriting(start, rewrite)).toEqual(Array(CONTAINERS).fill('16384\n'))
  })
})

test.each(RUNTIMES)('without --own-file a container of %s has them a second after a rewrite', async (_, start) => {
  watcher = startWatcher('--sysctl', 'net.core.somaxconn=16384')
  expect(await watcher.isReady()).toBe(true)
  await waitForNetwork(cri.call, 'web')
  const seen: string[] = []
  for (const [, rewrite] of AGENTS) {
    rewrite(LIST, textOf(1450))
    await sleep(1000)
    seen.push(await start())
  }
  expect(seen).toEqual(Array(3).fill('16384\n'))
})

/** Removes a folder, with what is mounted there. */
async function empty(folder: string): Promise<void> {
  // Below the sandbox's own /run there are also older mounts, which are hidden.
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  const inside = points.filter((point) => `${point}/`.startsWith(`${folder}/`))
  for (const point of inside.reverse()) await execute('umount', ['--lazy', point])
  rmSync(folder, { recursive: true, force: true })
}

describe('after a reboot, in every order', () => {
  /** What a node has after a boot: /etc, /opt and /var/lib, and nothing in /run. */
  const reboot = async () => {
    await watcher.end('SIGKILL')
    await cri.close()
    for (const name of ['cni', 'netns', 'containerd', 'containers', 'libpod', 'runc', 'watcher']) {
      await empty(`/run/${name}`)
    }
    for (const name of readdirSync('/dev/shm')) rmSync(join('/dev/shm', name))
    // As podman's rule of tmpfiles.d(5) does at each boot.
    rmSync('/var/lib/cni/networks', { recursive: true, force: true })
    cri = await startCriNode()
  }
  const agent = async () => byRename(LIST, textOf(1350))
  const watch = async () => {
    watcher = startWatcher(...OWN)
  }

  test.each([
    ['agent', 'watcher', 'containers'],
    ['agent', 'containers', 'watcher'],
    ['watcher', 'agent', 'containers'],
    ['watcher', 'containers', 'agent'],
    ['containers', 'agent', 'watcher'],
    ['containers', 'watcher', 'agent'],
  ] as const)('%s, %s, %s', async (...order) => {
    await watch()
    expect(await watcher.isReady()).toBe(true)
    await reboot()
    const seen: string[] = []
    const containers = async () => {
      for (const [, start] of RUNTIMES.slice(0, 2)) seen.push(await start())
    }
    for (const who of order) await { agent, watcher: watch, containers }[who]()
    await containers()
    expect(seen).toEqual(Array(4).fill('16384\n'))
  })

  test('a container that ran before is gone, and has the values again when it is started', async () => {
    await watch()
    expect(await watcher.isReady()).toBe(true)
    const id = (await podmanRun('-d', '--name', 'old', '--network', 'web', IMAGE)).trim()
    const pids = (await podman('inspect', '--format', '{{.State.ConmonPid}} {{.State.Pid}}', 'old')).split(' ')
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
    await reboot()
    const { stdout, status } = await execute(PLUGIN, ['status', '--state', 'gone'])
    expect([status, stdout]).toEqual([1, expect.stringMatching(`${id.slice(0, 12)} +web +eth0 +gone\n`)])
    await podman('start', 'old')
    expect(await podman('exec', 'old', 'cat', SOMAXCONN)).toBe('16384\n')
    expect((await execute(PLUGIN, ['status', '--state', 'gone'])).stdout).not.toContain(id.slice(0, 12))
    await podman('rm', '--force', '--time', '0', 'old')
  })
})
