import { ifNameProblem } from '../../cni/names.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { UsageError } from '../cli-error.ts'
import type { Option } from '../options.ts'
import { atHostRoot } from './host-root.ts'

/** The place of a rehearsal: the options `--ifname` and `--host-root`. */
export interface RehearsalOptions {
  /** The container's interface. */
  readonly ifName: string
  /** The folder where the host's file system is mounted; undefined on the host itself. */
  readonly hostRoot: string | undefined
}

export const DEFAULT_IFNAME = 'eth0'

/** For every command that rehearses. */
export const REHEARSAL_OPTIONS = [
  { name: '--ifname', value: 'NAME', help: `The interface of the containers; ${DEFAULT_IFNAME}` },
  {
    name: '--host-root',
    value: 'FOLDER',
    help: "In a container: where the node's file system is mounted, with its /proc",
  },
] as const satisfies readonly Option[]

export type RehearsalOption = (typeof REHEARSAL_OPTIONS)[number]['name']

/** Throws UsageError for an invalid name of an interface, and for a path that is not absolute. */
export function parseRehearsalOptions(ifName: string | undefined, hostRoot: string | undefined): RehearsalOptions {
  const problem = ifName === '' ? 'is empty' : ifNameProblem(ifName ?? DEFAULT_IFNAME)
  const isAll = ifName === 'all' || ifName === 'default'
  if (problem !== undefined || isAll) {
    throw new UsageError(`--ifname ${JSON.stringify(ifName)} ${problem ?? 'stands for all interfaces'}`)
  }
  if (hostRoot !== undefined && !hostRoot.startsWith('/')) throw new UsageError('--host-root needs an absolute path')
  return { ifName: ifName ?? DEFAULT_IFNAME, hostRoot: hostRoot?.replace(/\/+$/, '') }
}

/** The host, as far as the command can see it. */
export interface HostView {
  readonly os: Os
  /** The parts of the host that cannot be seen. */
  readonly unseen: readonly string[]
}

/** Enters the host's netns if the command runs in a container; `isCopied` tells whether values are copied from it. */
export function viewHost(os: Os, { hostRoot }: RehearsalOptions, isCopied: boolean): HostView {
  if (hostRoot === undefined) return { os, unseen: isInPod(os) ? [IN_POD] : [] }
  const netns = `${hostRoot}/proc/1/ns/net`
  const failure = catchOsError(() => os.enterNetns(os.openNetns(netns)))
  const isUnseen = isCopied && failure instanceof OsError && !sharesNetns(os, hostRoot)
  return { os: atHostRoot(os, hostRoot), unseen: isUnseen ? [wordUnentered(netns, failure)] : [] }
}

/** Whether this is a pod with hostNetwork, guessed by its addresses: the certain sign may not be visible. */
function sharesNetns(os: Os, hostRoot: string): boolean {
  const [own, host] = ['/proc/thread-self', `${hostRoot}/proc/1`].map((task) =>
    catchOsError(() => os.readFile(`${task}/net/fib_trie`)),
  )
  return typeof own === 'string' && own !== '' && own === host
}

const IN_POD =
  "the node's allowlist and the node's own sysctls: this runs in a pod; mount the node's file system, and give " +
  'its place with --host-root'

/** Kubernetes sets it in every pod. A node may itself be a container, as with kind, and is still a node. */
function isInPod(os: Os): boolean {
  return os.getenv('KUBERNETES_SERVICE_HOST') !== undefined
}

function wordUnentered(netns: string, { errno }: OsError): string {
  const reason =
    errno === 'ENOENT'
      ? "the node's /proc is not mounted there"
      : errno === 'EACCES' || errno === 'EPERM'
        ? `it needs CAP_SYS_ADMIN and CAP_SYS_PTRACE (${errno}), or a pod with hostNetwork`
        : errno
  return `the node's own sysctls, which "inherit" copies: ${netns} cannot be entered: ${reason}`
}
