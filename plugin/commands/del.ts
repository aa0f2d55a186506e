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

/** Before what has failed, and may pass by itself, is done again. */
const PAUSES_MS = [1, 10, 100]

/**
 * DEL: puts back what ADD has written, where the netns lives on and the value is still that, and removes the record.
 * Succeeds whatever is missing, and whatever will not pass by itself, which is logged and leaves the record to GC: a runtime
 * cannot remove a container whose DEL fails. Throws CniError 11 if another try is worth it, while the netns lives.
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

/** Does it again, from its beginning, while it fails with what may pass by itself. */
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
