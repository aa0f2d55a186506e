import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { type Os, OsError } from '../os/os.ts'

const OWN_NETNS = '/proc/thread-self/ns/net'

/**
 * Enters the container's network namespace, after making sure that it is one and not the plugin's own.
 * Throws CniError 8 (libcni's ErrInvalidNetNS) otherwise, before anything was done.
 */
export function enterContainerNetns(os: Os, { netns, mayBeOwnNetns }: AttachmentRequest): void {
  const id = netnsIdOf(os, netns)
  if (!mayBeOwnNetns && id === os.netnsId(OWN_NETNS)) {
    throw new CniError({
      code: ErrorCode.invalidNetns,
      msg: `CNI_NETNS ${netns} is the plugin's own network namespace, so the host's sysctls would be set`,
      details: "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1",
    })
  }
  try {
    os.enterNetns(netns)
  } catch (error) {
    throw invalidNetns(netns, error)
  }
}

/** Whether `netns` is a network namespace of its own, that can be entered: false once the container is gone. */
export function isOtherNetns(os: Os, netns: string): boolean {
  try {
    return os.netnsId(netns) !== os.netnsId(OWN_NETNS)
  } catch (error) {
    if (error instanceof OsError) return false
    throw error
  }
}

function netnsIdOf(os: Os, netns: string): string {
  try {
    return os.netnsId(netns)
  } catch (error) {
    throw invalidNetns(netns, error)
  }
}

function invalidNetns(netns: string, error: unknown): unknown {
  if (!(error instanceof OsError)) return error
  return new CniError({
    code: ErrorCode.invalidNetns,
    msg: `CNI_NETNS ${netns} ${reasonOf(error)}`,
    details: 'the container is gone, or the runtime gave a wrong path',
  })
}

function reasonOf({ errno, call }: OsError): string {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return 'does not exist'
  if (errno === 'EINVAL') return 'is no network namespace'
  if (errno === 'EPERM') return 'cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root'
  return `cannot be entered (${call}: ${errno})`
}
