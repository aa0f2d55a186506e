import { setTimeout as sleep } from 'node:timers/promises'
import type { Cri } from './cri.ts'
import { IMAGE } from './image.ts'
import { installNetworks, type Network } from './network.ts'
import { CGROUP_PARENT } from './sandbox.ts'

/** The parts of a pod's spec that matter here. */
export interface PodSpec {
  readonly annotations?: Readonly<Record<string, string>>
  /** `securityContext.sysctls`. */
  readonly sysctls?: Readonly<Record<string, string>>
}

export interface Pod {
  /** The output of a command in the pod's container. */
  readonly exec: (...command: readonly string[]) => Promise<string>
  readonly stop: () => Promise<unknown>
  readonly remove: () => Promise<unknown>
}

/**
 * Starts a pod with a container as the kubelet does. The container's first process writes what `cat paths` prints to
 * /first. Throws where the sandbox does not start.
 */
export async function startPod(
  call: Cri,
  { annotations = {}, sysctls = {} }: PodSpec,
  paths: readonly string[],
): Promise<Pod> {
  const metadata = { name: 'web', namespace: 'default', uid: crypto.randomUUID() }
  const sandbox_config = { metadata, annotations, linux: { cgroup_parent: process.env[CGROUP_PARENT], sysctls } }
  const { pod_sandbox_id } = await call<{ pod_sandbox_id: string }>('RunPodSandbox', { config: sandbox_config })
  const command = ['sh', '-c', `cat ${paths.join(' ')} >/unfinished; mv /unfinished /first; exec sleep 1000`]
  const config = { metadata: { name: 'server' }, image: { image: IMAGE }, command }
  const created = await call<{ container_id: string }>('CreateContainer', { pod_sandbox_id, config, sandbox_config })
  await call('StartContainer', created)
  const execSync = (...cmd: readonly string[]) =>
    call<{ stdout: Buffer; exit_code: number }>('ExecSync', { ...created, cmd, timeout: 10 })
  await waitUntil('the first process has written /first', async () => (await execSync('cat', '/first')).exit_code === 0)
  return {
    exec: async (...cmd) => (await execSync(...cmd)).stdout.toString(),
    stop: () => call('StopPodSandbox', { pod_sandbox_id }),
    remove: () => call('RemovePodSandbox', { pod_sandbox_id }),
  }
}

/** Makes this the only network of the node, and waits until the runtime has loaded it. */
export async function useNetwork(call: Cri, network: Network): Promise<void> {
  installNetworks(network)
  await waitForNetwork(call, network.name)
}

/** Waits until the runtime has loaded a network. */
export async function waitForNetwork(call: Cri, name: string): Promise<void> {
  await waitUntil(`the network ${name} is taken up`, async () => {
    const { info } = await call<{ info: Record<string, string> }>('Status', { verbose: true })
    return info.cniconfig?.includes(`"Name":"${name}"`) ?? false
  })
}

/** Waits until the runtime knows the image that was imported behind CRI's back. */
export async function waitForImage(call: Cri): Promise<void> {
  await waitUntil('the image is known', async () => {
    const { image } = await call<{ image: object | null }>('ImageStatus', { image: { image: IMAGE } })
    return image !== null
  })
}

async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (await isSo()) return
    await sleep(50)
  }
  throw new Error(`after 10 seconds it is not so that ${what}`)
}
