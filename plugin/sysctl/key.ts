import { CniError, ErrorCode } from '../cni/error.ts'

declare const brand: unique symbol

/** The name of a sysctl, parsed: the only thing that a path under /proc/sys can be had from. */
export interface SysctlKey {
  readonly [brand]: true
  /** Separated by dots, a dot inside a segment written as a slash: `net.ipv4.conf.eth0/100.rp_filter`. */
  readonly canonical: string
  /** `/proc/sys/net/ipv4/conf/eth0.100/rp_filter` */
  readonly path: string
}

export const SYSCTL_ROOT = '/proc/sys'

/** The segment that stands for CNI_IFNAME. */
export const IFNAME = 'IFNAME'

/** The trees of net.*.conf and net.*.neigh have these beside the interfaces' own. */
const NOT_INTERFACES = ['all', 'default']

/** How nearly all are written: canonical, and with nothing in it that could be wrong. */
const PLAIN = /^net(\.[\w-]+)+$/

/** The longest that Linux 6.18 has is 65 characters. */
const MOST_CHARACTERS = 512

/**
 * Parses the name of a sysctl as sysctl.d(5) does: where the first separator is a slash, slashes separate and dots are
 * literal; where it is a dot, dots separate and a slash stands for a literal dot.
 * Throws CniError 101 for a sysctl of another namespace than the network's, 7 for what is no name at all.
 */
export function parseSysctlKey(text: string): SysctlKey {
  if (text.length <= MOST_CHARACTERS && PLAIN.test(text)) return createKey(text, text.replaceAll('.', '/'))
  const segments = splitName(text)
  const problem = segmentsProblem(segments)
  if (problem !== undefined) {
    throw new CniError({
      code: ErrorCode.invalidConfig,
      msg: `${JSON.stringify(text.slice(0, 80))} is no name of a sysctl: it ${problem}`,
      details: 'a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot',
    })
  }
  if (segments[0] !== 'net') throw foreignKey(text, segments)
  if (segments.length === 1) {
    throw new CniError({ code: ErrorCode.refusedByKernel, msg: `${text}: is a directory of sysctls, not a sysctl` })
  }
  return joinSegments(segments)
}

/** `net`, `ipv4`, `conf`, `eth0.100`, `rp_filter` */
export function segmentsOf({ path }: SysctlKey): string[] {
  return path.slice(SYSCTL_ROOT.length + 1).split('/')
}

/** Whether a segment of the key is IFNAME. */
export function hasIfName(key: SysctlKey): boolean {
  return key.canonical.includes(IFNAME) && segmentsOf(key).includes(IFNAME)
}

/**
 * The key with each segment IFNAME replaced by the interface's name.
 * Throws CniError 4 where that would reach all interfaces instead of one.
 */
export function replaceIfName(key: SysctlKey, ifName: string): SysctlKey {
  if (!hasIfName(key)) return key
  if (NOT_INTERFACES.includes(ifName)) {
    throw new CniError({
      code: ErrorCode.invalidEnvironment,
      msg: `${key.canonical}: CNI_IFNAME ${JSON.stringify(ifName)} would set it for all interfaces`,
      details: 'name the interface otherwise, or write net.ipv4.conf.all or net.ipv4.conf.default in the configuration',
    })
  }
  return joinSegments(segmentsOf(key).map((segment) => (segment === IFNAME ? ifName : segment)))
}

/** The key of `default`, which holds what an interface starts with. */
export function ofDefault(key: SysctlKey): SysctlKey {
  return joinSegments(segmentsOf(key).map((segment) => (segment === IFNAME ? 'default' : segment)))
}

/** The same sysctl of another interface: of a key that {@link interfaceOf} knows the interface of. */
export function ofInterface(key: SysctlKey, name: string): SysctlKey {
  const segments = segmentsOf(key)
  return joinSegments([...segments.slice(0, 3), name, ...segments.slice(4)])
}

/** The interface that a key belongs to, `eth0` of net.ipv4.conf.eth0.rp_filter; undefined for all others. */
export function interfaceOf(key: SysctlKey): string | undefined {
  const segments = segmentsOf(key)
  const [, , tree, name] = segments
  const isPerInterface = (tree === 'conf' || tree === 'neigh') && segments.length === 5
  return isPerInterface && name !== undefined && !NOT_INTERFACES.includes(name) ? name : undefined
}

/** The canonical spelling of a path's segments below /proc/sys. */
export function formatCanonical(segments: readonly string[]): string {
  return segments.map((segment) => segment.replaceAll('.', '/')).join('.')
}

function createKey(canonical: string, below: string): SysctlKey {
  return { canonical, path: `${SYSCTL_ROOT}/${below}` } as SysctlKey
}

function joinSegments(segments: readonly string[]): SysctlKey {
  return createKey(formatCanonical(segments), segments.join('/'))
}

function splitName(text: string): string[] {
  const separator = /[./]/.exec(text)?.[0]
  if (separator === '/') return text.split('/')
  return text.split('.').map((segment) => segment.replaceAll('/', '.'))
}

function segmentsProblem(segments: readonly string[]): string | undefined {
  if (segments.join('') === '') return 'is empty'
  if (segments.join('.').length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`
  if (segments.some((segment) => /[\u0000-\u001f\u007f-\u009f]/.test(segment))) return 'has a control character'
  if (segments.includes('')) return 'has an empty segment'
  if (segments.includes('.') || segments.includes('..')) return 'has a segment "." or ".."'
  return undefined
}

/** Sysctls of the IPC and UTS namespaces, which a pod sets for itself: kubelet's pkg/sysctl, namespaces.go. */
const IPC = /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/
const UTS = /^kernel\.(host|domain)name$/

/** The other trees of /proc/sys. */
const NODE = ['abi', 'crypto', 'debug', 'dev', 'fs', 'kernel', 'sunrpc', 'user', 'vm', 'xen']

function foreignKey(text: string, segments: readonly string[]): CniError {
  const key = segments.join('.')
  if (!NODE.includes(segments[0] as string)) {
    return new CniError({
      code: ErrorCode.invalidConfig,
      msg: `${text}: is no sysctl of a network namespace`,
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
