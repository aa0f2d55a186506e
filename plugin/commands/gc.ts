import { ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { parseNetworkName } from '../config/network.ts'
import { parseRecordConf } from '../config/record-conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { parseValidAttachments } from '../config/valid-attachments.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { type Attachment, formatRecordName } from '../state/attachment.ts'
import { checkDataDir, listAttachments, loadRecord, removeRecord } from '../state/store.ts'

/**
 * GC: removes the undo records of this network whose attachment is not valid any more, and those that cannot be read.
 * Throws CniError 5 for a dataDir that may be somebody else's, and at the end with all that could not be removed; 6 or 7
 * without a list of the valid ones.
 */
export function gc(os: Os, stdin: Stdin): void {
  const network = parseNetworkName(stdin)
  const valid = new Set(parseValidAttachments(stdin).map((other) => formatRecordName({ network, ...other })))
  const { dataDir } = parseRecordConf(stdin)
  const problems: Problem[] = []
  const attachments = listOwn(os, dataDir, network, problems)
  if (attachments.length > 0) checkDataDir(os, dataDir)
  for (const attachment of attachments) {
    const name = formatRecordName(attachment)
    if (valid.has(name) && loadRecord(os, dataDir, attachment) !== undefined) continue
    log(os, `GC removes ${dataDir}/${name}`)
    tryTo(problems, () => removeRecord(os, dataDir, attachment))
  }
  throwProblems(problems)
}

function listOwn(os: Os, dataDir: string, network: string, problems: Problem[]): Attachment[] {
  const attachments = tryTo(problems, () => listAttachments(os, dataDir)) ?? []
  return attachments.filter((attachment) => attachment.network === network)
}

function tryTo<T>(problems: Problem[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    problems.push({ code: ErrorCode.io, msg: `an undo record cannot be removed: ${error.message}` })
    return undefined
  }
}
