import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ran } from '../helpers/netns.ts'
import { execute, outputOf } from './command.ts'
import { IMAGE, IMAGE_ARCHIVE } from './image.ts'
import { CGROUP_PARENT } from './sandbox.ts'

/** The socket of containerd's own API and of CRI. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock'

const CONFIG = '/run/containerd.toml'
const LOG = '/run/containerd.log'

// restrict_oom_score_adj: a pod's is below that of the tests, which may not be allowed.
const CONFIGURATION = `version = 2
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${IMAGE}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
`

export interface Containerd {
  readonly close: () => Promise<void>
}

/** Starts containerd and imports the image, for `ctr` and for CRI. Throws an Error with its log if that fails. */
export async function startContainerd(): Promise<Containerd> {
  mkdirSync('/run/containerd', { recursive: true })
  writeFileSync(CONFIG, CONFIGURATION)
  const log = openSync(LOG, 'a')
  const daemon = spawn('containerd', ['--config', CONFIG], { stdio: ['ignore', log, log] })
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  try {
    await waitUntilReady()
    for (const namespace of ['default', 'k8s.io']) {
      await outputOf('ctr', ['-n', namespace, 'images', 'import', '--snapshotter', 'native', IMAGE_ARCHIVE])
    }
  } catch (error) {
    daemon.kill('SIGKILL')
    throw new Error(readFileSync(LOG, 'utf8'), { cause: error })
  }
  return {
    close: async () => {
      daemon.kill('SIGKILL')
      await ended
    },
  }
}

/** `ctr run --cni` of a command that ends, with any result. */
export function tryCtrRun(container: string, ...command: readonly string[]): Promise<Ran> {
  const cgroup = `${process.env[CGROUP_PARENT]}/${container}`
  return execute('ctr', [
    'run',
    '--rm',
    '--cni',
    '--snapshotter',
    'native',
    '--cgroup',
    cgroup,
    IMAGE,
    container,
    ...command,
  ])
}

async function waitUntilReady(): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if ((await execute('ctr', ['version'])).status === 0) return
    await sleep(50)
  }
  throw new Error('containerd does not answer')
}
