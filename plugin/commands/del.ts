import { collect, type Problem } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { parseNetworkName } from '../config/network.ts'
import { parseRecordConf } from '../config/record-conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import type { UndoEntry, UndoRecord } from '../state/record.ts'
import { loadRecord, loadSiblings, removeRecord, saveRecord } from '../state/store.ts'
import { isOfLink, planUndoing, subjectOf } from '../state/undo.ts'
import type { Subject } from '../subject/subject.ts'
import { checkContainerNetns, enterContainerNetns } from './netns.ts'

/**
 * DEL: puts back what ADD has written, where the netns lives on and the value is still that, and removes the record.
 * Succeeds whatever is missing: a runtime cannot remove a container whose DEL fails. What could not be done is logged.
 */
export function del(os: Os, request: AttachmentRequest, stdin: Stdin): void {
  const { containerId, ifName } = request
  const attachment = { network: parseNetworkName(stdin), containerId, ifName }
  const { dataDir, restoreOnDel } = parseRecordConf(stdin)
  const record = loadRecord(os, dataDir, attachment)
  if (record !== undefined) tolerate(os, () => undo(os, request, dataDir, record, restoreOnDel))
  tolerate(os, () => removeRecord(os, dataDir, attachment))
}

function undo(os: Os, request: AttachmentRequest, dataDir: string, record: UndoRecord, withSysctls: boolean): void {
  if (!isNetnsOf(os, request, record)) return
  const { restore, siblings } = planUndoing(record, loadSiblings(os, dataDir, record, record.netns))
  for (const sibling of siblings) saveRecord(os, dataDir, sibling)
  enterContainerNetns(os, request)
  const wanted = restore
    .filter((entry) => withSysctls || isOfLink(entry))
    .flatMap((entry) => tolerate(os, () => prepare(os, entry)) ?? [])
  // All are looked at before the first is put back, and put back twice, because one may set another or be refused until
  // another is there: net.ipv4.ip_forward sets the forwarding of every interface, inet_forward_change().
  const untouched = wanted.filter((undo) => tolerate(os, () => isAsLeft(os, undo)))
  for (const undo of untouched) tryToPutBack(os, undo)
  for (const undo of untouched) tolerate(os, () => putBack(os, undo))
}

/** Whether CNI_NETNS still is the netns that was recorded, and not the plugin's own. */
function isNetnsOf(os: Os, request: AttachmentRequest, record: UndoRecord): boolean {
  if (request.netns === '') return false
  const problems: Problem[] = []
  return collect(problems, () => checkContainerNetns(os, request)) === record.netns
}

/** A value that is to be put back. */
interface Undo {
  readonly subject: Subject
  readonly entry: UndoEntry
}

/** One that cannot be written may not have to be. */
function prepare(os: Os, entry: UndoEntry): Undo {
  const subject = subjectOf(entry)
  try {
    subject.prepare(os)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
  }
  return { subject, entry }
}

/** Whether nobody has changed the value since ADD. */
function isAsLeft(os: Os, { subject, entry }: Undo): boolean {
  const current = subject.read(os)
  if (current === undefined) return false
  return current === entry.before || current === entry.kept || subject.isKept(entry.after, current)
}

/** Whatever is refused now is tried again. */
function tryToPutBack(os: Os, undo: Undo): void {
  try {
    putBack(os, undo)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
  }
}

function putBack(os: Os, { subject, entry }: Undo): void {
  if (subject.read(os) !== entry.before) subject.write(os, entry.before)
}

/** An interface that is gone has taken its sysctls with it; anything else is logged. */
function tolerate<T>(os: Os, action: () => T): T | undefined {
  const problems: Problem[] = []
  try {
    return collect(problems, action)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (error.errno !== 'ENOENT' && error.errno !== 'ENODEV') log(os, `DEL goes on: ${error.message}`)
    return undefined
  } finally {
    for (const { msg } of problems) log(os, `DEL goes on: ${msg}`)
  }
}
