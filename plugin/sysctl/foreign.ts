import { CniError, ErrorCode } from '../cni/error.ts'

/** Throws CniError 101 that says why a sysctl of isAlwaysOfNode() is not set. */
export function createOfNodeError(canonical: string): CniError {
  return new CniError({
    code: ErrorCode.refusedByKernel,
    msg: `${canonical}: belongs to the whole node, also when a container writes it; set it there, in /etc/sysctl.d`,
    details: 'every container has a file of it, but all have one value',
  })
}

/** Sysctls of the IPC and UTS namespaces, which a pod sets for itself: kubelet's pkg/sysctl, namespaces.go. */
const IPC = /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/
const UTS = /^kernel\.(host|domain)name$/

/** The other trees of /proc/sys. */
const NODE = ['abi', 'crypto', 'debug', 'dev', 'fs', 'kernel', 'sunrpc', 'user', 'vm', 'xen']

/** Throws CniError 101 that says where a sysctl without `net.` belongs, or 7 if there is no such sysctl. */
export function createForeignError(text: string, segments: readonly string[]): CniError {
  const key = segments.join('.')
  if (!NODE.includes(segments[0] as string)) {
    return new CniError({
      code: ErrorCode.invalidConfig,
      msg: `${text}: is not a sysctl of a network namespace`,
      details: 'the names of those start with "net."',
    })
  }
  const reason = IPC.test(key)
    ? "belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's --sysctl"
    : UTS.test(key)
      ? "belongs to the UTS namespace; set the pod's hostname instead"
      : 'belongs to the whole node; set it there, in /etc/sysctl.d'
  return new CniError({ code: ErrorCode.refusedByKernel, msg: `${text}: ${reason}` })
}
