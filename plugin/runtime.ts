import { CniError, ErrorCode, formatError } from './cni/error.ts'
import { type AttachmentRequest, type NetworkRequest, parseRequest, type Request } from './cni/request.ts'
import { type CniVersion, isAtLeast } from './cni/version.ts'
import { add } from './commands/add.ts'
import { check } from './commands/check.ts'
import { del } from './commands/del.ts'
import { gc } from './commands/gc.ts'
import { status } from './commands/status.ts'
import { version } from './commands/version.ts'
import { parseCniVersion, parseNetworkName } from './config/network.ts'
import { readStdin, type Stdin } from './config/stdin.ts'
import { isTransient } from './os/errno.ts'
import { log } from './os/log.ts'
import { type Os, OsError } from './os/os.ts'

/** Answers a runtime's request (environment and stdin), prints at most one JSON document, and returns the exit code. */
export function answerRuntime(os: Os): number {
  let cniVersion: CniVersion | undefined
  let command: Request['command'] | undefined
  try {
    const request = parseRequest(os)
    command = request.command
    if (request.command === 'VERSION') return print(os, version(os), 0)
    const stdin = readStdin(os)
    cniVersion = parseCniVersion(stdin)
    checkCommand(request.command, cniVersion)
    parseNetworkName(stdin)
    const { text, undo } = run(os, request, stdin, cniVersion)
    return print(os, text, 0, undo)
  } catch (error) {
    return print(os, formatError(toCniError(os, error, command), cniVersion), 1)
  }
}

/** What a command prints if it succeeds, and how to undo what it did. */
interface Answer {
  readonly text: string
  readonly undo?: () => void
}

function run(os: Os, request: AttachmentRequest | NetworkRequest, stdin: Stdin, version: CniVersion): Answer {
  switch (request.command) {
    case 'ADD':
      return add(os, request, stdin, version)
    case 'CHECK':
      check(os, request, stdin)
      return { text: '' }
    case 'DEL':
      del(os, request, stdin)
      return { text: '' }
    case 'GC':
      gc(os, stdin)
      return { text: '' }
    case 'STATUS':
      status(os, stdin)
      return { text: '' }
  }
}

/** Commands that are not in the first version of the specification, and the version that added them. */
const SINCE: Partial<Record<Request['command'], CniVersion>> = { CHECK: '0.4.0', GC: '1.1.0', STATUS: '1.1.0' }

function checkCommand(command: Request['command'], cniVersion: CniVersion): void {
  const since = SINCE[command]
  if (since === undefined || isAtLeast(cniVersion, since)) return
  throw new CniError({
    code: ErrorCode.incompatibleVersion,
    msg: `${command} is not in version ${cniVersion} of the CNI specification`,
    details: `it came with ${since}; raise "cniVersion" in the conflist`,
  })
}

/** Writes `text` to stdout. If nobody reads it any more, the command has failed and is undone. */
function print(os: Os, text: string, exitCode: number, undo?: () => void): number {
  try {
    if (text !== '') os.writeStdout(text)
    return exitCode
  } catch (error) {
    log(os, `stdout cannot be written: ${error instanceof OsError ? error.errno : String(error)}`)
    undo?.()
    return 1
  }
}

function toCniError(os: Os, error: unknown, command: Request['command'] | undefined): CniError {
  if (error instanceof CniError) return error
  if (error instanceof OsError) {
    const isWorthAnotherTry = command === 'DEL' && isTransient(error)
    return new CniError({ code: isWorthAnotherTry ? ErrorCode.tryAgainLater : ErrorCode.io, msg: error.message })
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  log(os, stack ?? message)
  return new CniError({
    code: ErrorCode.bug,
    msg: `a bug in netns-sysctl: ${message}`,
    details: 'please report it, with the lines that the plugin wrote to stderr',
  })
}
