import type { Os } from '../os/os.ts'
import { parseCniArgs } from './args.ts'
import { CniError, ErrorCode } from './error.ts'
import { containerIdProblem, ifNameProblem } from './names.ts'

/** What a runtime asks for one attachment of a container to a network. */
export interface AttachmentRequest {
  readonly command: 'ADD' | 'CHECK' | 'DEL'
  readonly containerId: string
  readonly ifName: string
  /** The path of the container's network namespace; empty on a DEL after the container is gone. */
  readonly netns: string
  /** CNI_ARGS, `K8S_POD_NAME=web-0;…`. */
  readonly args: ReadonlyMap<string, string>
  /** CNI_NETNS_OVERRIDE: the container's netns may be the plugin's own. */
  readonly mayBeOwnNetns: boolean
}

/** What a runtime asks of a network as a whole. */
export interface NetworkRequest {
  readonly command: 'GC' | 'STATUS'
}

export interface VersionRequest {
  readonly command: 'VERSION'
}

export type Request = AttachmentRequest | NetworkRequest | VersionRequest

interface Variable {
  readonly name: string
  readonly requiredBy: readonly string[]
  readonly problem?: (value: string) => string | undefined
}

const VARIABLES: readonly Variable[] = [
  { name: 'CNI_CONTAINERID', requiredBy: ['ADD', 'CHECK', 'DEL'], problem: containerIdProblem },
  { name: 'CNI_NETNS', requiredBy: ['ADD', 'CHECK'] },
  { name: 'CNI_IFNAME', requiredBy: ['ADD', 'CHECK', 'DEL'], problem: ifNameProblem },
]

/**
 * The request as the CNI_* variables tell it (CNI specification, "Parameters").
 * Throws CniError 4 that names every variable that is missing or invalid. CNI_PATH is not read: no other plugin is
 * called.
 */
export function parseRequest(os: Pick<Os, 'getenv'>): Request {
  const command = os.getenv('CNI_COMMAND')
  switch (command) {
    case 'ADD':
    case 'CHECK':
    case 'DEL':
      return parseAttachmentRequest(os, command)
    case 'GC':
    case 'STATUS':
      return { command }
    case 'VERSION':
      return { command }
    default:
      throw new CniError({
        code: ErrorCode.invalidEnvironment,
        msg: `CNI_COMMAND ${JSON.stringify(command ?? '')} is not known`,
        details: 'known are ADD, CHECK, DEL, GC, STATUS and VERSION, in capitals',
      })
  }
}

function parseAttachmentRequest(os: Pick<Os, 'getenv'>, command: AttachmentRequest['command']): AttachmentRequest {
  const value = (name: string) => os.getenv(name) ?? ''
  const required = VARIABLES.filter((variable) => variable.requiredBy.includes(command))
  const missing = required.filter(({ name }) => value(name) === '').map(({ name }) => name)
  const invalid = required.flatMap(({ name, problem }) => {
    const reason = value(name) === '' ? undefined : problem?.(value(name))
    return reason === undefined ? [] : [`${name} ${JSON.stringify(value(name))} ${reason}`]
  })
  if (missing.length > 0) invalid.unshift(`required environment variables missing: ${missing.join(', ')}`)
  if (invalid.length > 0) {
    throw new CniError({
      code: ErrorCode.invalidEnvironment,
      msg: invalid.join('; '),
      details: `a container runtime sets these for ${command}`,
    })
  }
  return {
    command,
    containerId: value('CNI_CONTAINERID'),
    ifName: value('CNI_IFNAME'),
    netns: value('CNI_NETNS'),
    args: parseCniArgs(value('CNI_ARGS')),
    mayBeOwnNetns: ['1', 'true'].includes(value('CNI_NETNS_OVERRIDE').toLowerCase()),
  }
}
