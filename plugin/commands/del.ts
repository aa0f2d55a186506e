import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { pickAsked } from '../config/asked.ts'
import { parseRecordConf } from '../config/record-conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { isAbsent, isTransient } from '../os/errno.ts'
import { log } from '../os/log.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { closeContainer, findContainer, releaseContainer } from '../state/container.ts'
import { attachmentOf } from './attachment.ts'
import { type Deleting, delRecords } from './del-records.ts'

/** The pauses before another try, in milliseconds. */
const PAUSES_MS = [1, 10, 100]

/**
 * DEL: puts back what ADD has changed, if the netns is still there and the value is still ADD's, and removes the record.
 * Succeeds if something is missing. Lasting failures are logged, and leave the record to GC: a runtime
 * cannot remove a container whose DEL fails. Throws CniError 11 if another try may help and the netns is still there.
 */
export function del(os: Os, request: AttachmentRequest, stdin: Stdin): void {
  const conf = parseRecordConf(stdin)
  const { restoreOnDel, dataDir } = conf
  const deleting = { place: attachmentOf(request, stdin, conf), asked: pickAsked(stdin.object), restoreOnDel }
  const failure = catchFailure(() => repeat(os, () => delOnce(os, request, dataDir, deleting)))
  if (failure === undefined) return
  const isTooLate = failure instanceof OsError ? isTransient(failure) : failure.code === ErrorCode.tryAgainLater
  if (isTooLate && mayLive(os, request.netns)) throw tryAgainLater(failure)
  log(
    os,
    failure instanceof OsError ? `DEL goes on: ${failure.message}` : `${failure.message}, so its records are not used`,
  )
}

function catchFailure(action: () => void): OsError | CniError | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof OsError || error instanceof CniError) return error
    throw error
  }
}

/** Tries again from the beginning while the failure may be temporary. */
function repeat(os: Os, action: () => void): void {
  for (const pause of PAUSES_MS) {
    const failure = catchOsError(action)
    if (!(failure instanceof OsError)) return
    if (!isTransient(failure)) throw failure
    os.sleep(pause)
  }
  action()
}

function delOnce(os: Os, request: AttachmentRequest, dataDir: string, deleting: Deleting): void {
  const container = findContainer(os, dataDir, deleting.place.containerId)
  if (container === undefined) return
  try {
    delRecords(os, container, request, deleting)
  } catch (error) {
    releaseContainer(os, container)
    throw error
  }
  closeContainer(os, container)
}

function mayLive(os: Os, netns: string): boolean {
  const status = netns === '' ? undefined : catchOsError(() => os.fileStatus(netns))
  return status !== undefined && !(status instanceof OsError && isAbsent(status))
}

function tryAgainLater({ message }: Error): CniError {
  return new CniError({ code: ErrorCode.tryAgainLater, msg: message, details: 'the undo record stays; try again' })
}
