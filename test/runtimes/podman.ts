import { writeFileSync } from 'node:fs'
import type { Ran } from '../helpers/netns.ts'
import { execute, outputOf } from './command.ts'
import { IMAGE_ARCHIVE } from './image.ts'
import { CGROUP_PARENT } from './sandbox.ts'

const CONTAINERS_CONF = '/run/containers.conf'
const CONTAINERS_STORAGE_CONF = '/run/storage.conf'
const ENV = { CONTAINERS_CONF, CONTAINERS_STORAGE_CONF }

// The ulimits are below those of the user who runs the tests.
const CONFIGURATION = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "cni"
cni_plugin_dirs = ["/opt/cni/bin"]
network_config_dir = "/etc/cni/net.d"
`

const STORAGE = `[storage]
driver = "vfs"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
`

/** Configures podman for CNI, and loads the image. */
export async function preparePodman(): Promise<void> {
  writeFileSync(CONTAINERS_CONF, CONFIGURATION)
  writeFileSync(CONTAINERS_STORAGE_CONF, STORAGE)
  await podman('load', '-i', IMAGE_ARCHIVE)
}

/** The output of a podman command. Throws if it fails. */
export function podman(...args: readonly string[]): Promise<string> {
  return outputOf('podman', args, ENV)
}

/** `podman run`, with any result. */
export function tryPodmanRun(...args: readonly string[]): Promise<Ran> {
  return execute('podman', ['run', '--cgroup-parent', String(process.env[CGROUP_PARENT]), ...args], ENV)
}

/** The output of `podman run`. Throws if it fails. */
export function podmanRun(...args: readonly string[]): Promise<string> {
  return podman('run', '--cgroup-parent', String(process.env[CGROUP_PARENT]), ...args)
}
