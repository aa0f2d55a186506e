import { CniError, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { parseNetworkName } from '../config/network.ts'
import { parseRecordConf } from '../config/record-conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { parseValidAttachments } from '../config/valid-attachments.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { closeContainer, findContainer } from '../state/container.ts'
import { openDataDir } from '../state/data-dir.ts'
import { type Attempt, findGarbage, findSuspects, listValid, type Valid } from '../state/garbage.ts'
import { formatRecordPath, removeRecord } from '../state/store.ts'

/**
 * GC: removes the undo records of this network whose attachment is no longer valid, except those that were written just
 * now. Throws CniError 5 for a dataDir that may be somebody else's, and at the end with all that could not be read or
 * removed, which stays; 6 for what is not a list of the valid ones. Without a list nothing is removed.
 */
export function gc(os: Os, stdin: Stdin): void {
  const network = parseNetworkName(stdin)
  const attached = parseValidAttachments(stdin)
  if (attached === undefined) {
    log(os, 'GC removes nothing: the request has no cni.dev/valid-attachments, so it is unknown what is gone')
    return
  }
  const valid = listValid(network, attached)
  const { dataDir } = parseRecordConf(stdin)
  const folder = openDataDir(os, dataDir)
  if (folder === undefined) return
  const problems: Problem[] = []
  const attempt: Attempt = (action) => tryTo(os, problems, action)
  const suspects = findSuspects(os, folder, valid, attempt)
  os.close(folder)
  for (const id of suspects) {
    attempt(() => collectGarbage(os, dataDir, id, valid, attempt))
  }
  throwProblems(problems)
}

function collectGarbage(os: Os, dataDir: string, id: string, valid: Valid, attempt: Attempt): void {
  const container = findContainer(os, dataDir, id, 0)
  if (container === undefined) return
  try {
    for (const attachment of findGarbage(os, container, valid)) {
      log(os, `GC removes ${formatRecordPath(dataDir, attachment)}`)
      attempt(() => removeRecord(os, container, attachment))
    }
  } finally {
    closeContainer(os, container)
  }
}

function tryTo<T>(os: Os, problems: Problem[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof OsError) problems.push(keeping(error))
    else if (!(error instanceof CniError)) throw error
    // The next GC will look at it.
    else if (error.code === ErrorCode.tryAgainLater) log(os, `GC goes on: ${error.message}`)
    else problems.push(...error.problems)
    return undefined
  }
}

function keeping({ message }: OsError): Problem {
  return { code: ErrorCode.io, msg: `an undo record cannot be removed: ${message}` }
}
