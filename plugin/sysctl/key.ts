import { CniError, ErrorCode } from '../cni/error.ts'
import { createForeignError, createOfNodeError } from './foreign.ts'
import { isAlwaysOfNode, mayBeOfNode } from './whole-node.ts'

declare const brand: unique symbol

/** The parsed name of a sysctl. Paths under /proc/sys are made only from these. */
export interface SysctlKey {
  readonly [brand]: true
  /** Separated by dots; a dot inside a segment is written as a slash: `net.ipv4.conf.eth0/100.rp_filter`. */
  readonly canonical: string
  /** `/proc/sys/net/ipv4/conf/eth0.100/rp_filter` */
  readonly path: string
  /** Whether a write in a container reaches the node on some kernels, so that the kernel's release has to be checked. */
  readonly mayBeOfNode: boolean
}

export const SYSCTL_ROOT = '/proc/sys'

/** The segment that stands for CNI_IFNAME. */
export const IFNAME = 'IFNAME'

/** The trees of net.*.conf and net.*.neigh have these beside the interfaces' own. */
const NOT_INTERFACES = ['all', 'default']

/** The form of nearly all names: canonical, and certainly valid. */
const PLAIN = /^net(?:\.[\w-]+)+$/

/** The longest of Linux 6.18 has 65 characters. */
const MOST_CHARACTERS = 512

/**
 * Parses the name of a sysctl as sysctl.d(5) does: if the first separator is a slash, slashes separate and dots are
 * literal; if it is a dot, dots separate and a slash stands for a literal dot.
 * Throws CniError 101 for a sysctl of another namespace or of the whole node, 7 for an invalid name.
 */
export function parseSysctlKey(text: string): SysctlKey {
  if (isPlain(text)) return createKey(text, text.replaceAll('.', '/'))
  const segments = splitName(text)
  const problem = segmentsProblem(segments)
  if (problem !== undefined) {
    throw new CniError({
      code: ErrorCode.invalidConfig,
      msg: `${JSON.stringify(text.slice(0, 80))} is not the name of a sysctl: it ${problem}`,
      details: 'a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot',
    })
  }
  if (segments[0] !== 'net') throw createForeignError(text, segments)
  if (segments.length === 1) {
    throw new CniError({ code: ErrorCode.refusedByKernel, msg: `${text}: is a directory of sysctls, not a sysctl` })
  }
  return joinSegments(segments)
}

function isPlain(text: string): boolean {
  return text.length <= MOST_CHARACTERS && PLAIN.test(text)
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
 * Throws CniError 4 if that would mean all interfaces instead of one.
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

/** The key of `default`, which has the value of new interfaces. */
export function ofDefault(key: SysctlKey): SysctlKey {
  if (!hasIfName(key)) return key
  return joinSegments(segmentsOf(key).map((segment) => (segment === IFNAME ? 'default' : segment)))
}

/**
 * The key whose file in a new netns (with only `lo`) shows the value that an interface will have. The trees of conf have
 * `default` for that; net.*.neigh.default exists only on the host.
 */
export function ofNewInterface(key: SysctlKey): SysctlKey {
  const name = interfaceOf(key)
  if (name === undefined || name === 'lo') return ofDefault(key)
  return ofInterface(key, /^net\.ipv[46]\.conf\./.test(key.canonical) ? 'default' : 'lo')
}

/** The same sysctl of another interface. The interface is the fourth segment. */
export function ofInterface(key: SysctlKey, name: string): SysctlKey {
  const segments = segmentsOf(key)
  return joinSegments([...segments.slice(0, 3), name, ...segments.slice(4)])
}

/** The interface that a key belongs to, `eth0` of net.ipv4.conf.eth0.rp_filter; undefined for all others. */
export function interfaceOf(key: SysctlKey): string | undefined {
  const segments = segmentsOf(key)
  const [, , tree, name = ''] = segments
  const isPerInterface = (tree === 'conf' || tree === 'neigh') && segments.length === 5
  return isPerInterface && !NOT_INTERFACES.includes(name) ? name : undefined
}

/** The canonical spelling of a path's segments below /proc/sys. */
export function formatCanonical(segments: readonly string[]): string {
  return segments.map((segment) => segment.replaceAll('.', '/')).join('.')
}

/** Throws CniError 101 for sysctls that must never be written from a container, however the name was made. */
function createKey(canonical: string, below: string): SysctlKey {
  const mayBe = mayBeOfNode(canonical)
  if (mayBe && isAlwaysOfNode(canonical)) throw createOfNodeError(canonical)
  return { canonical, path: `${SYSCTL_ROOT}/${below}`, mayBeOfNode: mayBe } as SysctlKey
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
