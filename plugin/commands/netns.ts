import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { isAbsent } from '../os/errno.ts'
import type { Netns } from '../os/netns.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'

/**
 * Opens CNI_NETNS, which must be a network namespace, and not the plugin's own.
 * Throws CniError 8 (libcni's ErrInvalidNetNS) if it is not; OsError if the path cannot be opened.
 */
export function openContainerNetns(os: Os, { netns: path, mayBeOwnNetns }: AttachmentRequest): Netns {
  const own = readOwnId(os)
  const netns = attempt(path, () => os.openNetns(path))
  if (mayBeOwnNetns || netns.id !== own) return netns
  throw new CniError({
    code: ErrorCode.invalidNetns,
    msg: `CNI_NETNS ${path} is the plugin's own network namespace, so the host's sysctls would be set`,
    details: "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1",
  })
}

/** Opens CNI_NETNS; undefined if it is gone, not a namespace, or the plugin's own. Throws OsError if it cannot be opened. */
export function openIfContainer(os: Os, { netns: path, mayBeOwnNetns }: AttachmentRequest): Netns | undefined {
  const own = readOwnId(os)
  const netns = path === '' ? undefined : catchOsError(() => os.openNetns(path))
  if (netns instanceof OsError && !(isAbsent(netns) || netns.errno === 'EINVAL')) throw netns
  if (netns === undefined || netns instanceof OsError) return undefined
  if (mayBeOwnNetns || netns.id !== own) return netns
  os.close(netns)
  return undefined
}

/** Enters the container's network namespace. Throws CniError 8 if it is not a network namespace or may not be entered; OsError. */
export function enterContainerNetns(os: Os, netns: Netns): void {
  attempt(netns.path, () => os.enterNetns(netns))
}

function readOwnId(os: Os): string {
  const id = catchOsError(() => os.ownNetnsId())
  if (!(id instanceof OsError)) return id
  if (!isAbsent(id)) throw id
  throw new CniError({
    code: ErrorCode.io,
    msg: `there is no ${id.path}: /proc is not mounted where the plugin runs`,
    details: 'run the plugin on the node, as root',
  })
}

function attempt<T>(netns: string, action: () => T): T {
  const result = catchOsError(action)
  if (!(result instanceof OsError)) return result
  const reason = isAbsent(result) ? 'does not exist' : REASONS[result.errno]
  if (reason === undefined) throw result
  throw new CniError({
    code: ErrorCode.invalidNetns,
    msg: `CNI_NETNS ${netns} ${reason}`,
    details: 'the container is gone, or the runtime gave a wrong path',
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'cannot be entered (open: EACCES)',
  EINVAL: 'is not a network namespace',
  EPERM: 'cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root',
}
