import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { type Os, OsError } from '../os/os.ts'

const OWN_NETNS = '/proc/thread-self/ns/net'

/**
 * Makes sure that CNI_NETNS is a network namespace, and not the plugin's own; its id.
 * Throws CniError 8 (libcni's ErrInvalidNetNS) otherwise.
 */
export function checkContainerNetns(os: Os, { netns, mayBeOwnNetns }: AttachmentRequest): string {
  const id = attempt(netns, () => os.netnsId(netns))
  if (mayBeOwnNetns || id !== os.netnsId(OWN_NETNS)) return id
  throw new CniError({
    code: ErrorCode.invalidNetns,
    msg: `CNI_NETNS ${netns} is the plugin's own network namespace, so the host's sysctls would be set`,
    details: "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1",
  })
}

/** Enters the container's network namespace. Throws CniError 8 where that is not possible. */
export function enterContainerNetns(os: Os, { netns }: AttachmentRequest): void {
  attempt(netns, () => os.enterNetns(netns))
}

function attempt<T>(netns: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    throw new CniError({
      code: ErrorCode.invalidNetns,
      msg: `CNI_NETNS ${netns} ${reasonOf(error)}`,
      details: 'the container is gone, or the runtime gave a wrong path',
    })
  }
}

function reasonOf({ errno, call }: OsError): string {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return 'does not exist'
  if (errno === 'EINVAL') return 'is no network namespace'
  if (errno === 'EPERM') return 'cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root'
  return `cannot be entered (${call}: ${errno})`
}
