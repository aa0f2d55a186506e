import { CONTAINERD_SOCKET, startContainerd } from './containerd.ts'
import { type Cri, connectCri } from './cri.ts'
import { waitForImage } from './pod.ts'

/** containerd, and a kubelet's connection to it. */
export interface CriNode {
  readonly call: Cri
  readonly close: () => Promise<void>
}

/** Starts containerd and waits until pods can be started. Throws an Error with its log if that fails. */
export async function startCriNode(): Promise<CriNode> {
  const containerd = await startContainerd()
  const { call, close } = connectCri(CONTAINERD_SOCKET)
  await waitForImage(call)
  return {
    call,
    close: async () => {
      close()
      await containerd.close()
    },
  }
}
