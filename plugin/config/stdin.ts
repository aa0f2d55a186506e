import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { findMemberText, isSurelyWhole, isTooDeep } from '../json/glance.ts'
import type { Member, Step } from '../json/member.ts'
import { formatPath } from '../json/path.ts'
import { scanJson, scanNames } from '../json/scan.ts'
import { JsonSyntaxError, lineAndColumn } from '../json/syntax.ts'
import { asKind } from '../os/as-kind.ts'
import { asOsError, MAX_STDIN_BYTES, type Os } from '../os/os.ts'
import { boundNames } from './bounded.ts'
import { isJsonObject, type JsonObject } from './members.ts'

/** The JSON object on stdin, not checked yet. */
export interface Stdin {
  readonly object: JsonObject
  /** The object's text, at `at`; undefined if it is not known. JSON.parse loses the order of some members. */
  readonly text?: string
  readonly at?: readonly Step[]
  /** Reads the text once more. Not every command needs that: for GC's 10,000 attachments it would take a third of the time. */
  readonly inspect?: () => Remarks
}

/** Facts about the text that JSON.parse does not report. */
export interface Remarks {
  /** Problems of members that were given twice (JSON.parse keeps the last), and of members with too many names. */
  readonly repeated: readonly Problem[]
  /** The text of `prevResult`, which is passed on unchanged. */
  readonly prevResultText: string | undefined
}

/** Of an object without a text. */
export const NO_REMARKS: Remarks = { repeated: [], prevResultText: undefined }

/** Reads stdin to its end. Throws CniError 6 for what is not a JSON object (RFC 8259, in UTF-8). */
export function readStdin(os: Pick<Os, 'readStdin'>): Stdin {
  const whole = readText(os)
  if (whole.trim() === '') throw undecodable('stdin is empty', 'a runtime writes the network configuration to stdin')
  if (!/^[ \t\n\r]*\{/.test(whole)) {
    worded(whole, () => scanNames(whole, () => undefined))
    throw undecodable('stdin is not a JSON object', 'a network configuration is an object, {…}')
  }
  const { text, brief, problems } = worded(whole, () => boundNames(whole))
  const object = parse(text, brief)
  const inspect = () => {
    const remarks = glance(text, object) ?? look(text)
    return { ...remarks, repeated: [...remarks.repeated, ...problems] }
  }
  return { object, text, inspect }
}

/** Undefined if every member has to be checked. libcni's texts nearly never need that. */
function glance(text: string, object: JsonObject): Remarks | undefined {
  if (!isSurelyWhole(text, object)) return undefined
  const { prevResult } = object
  if (!isJsonObject(prevResult)) {
    return Object.keys(object).some(isPrevResult) ? undefined : NO_REMARKS
  }
  const prevResultText = findMemberText(text, 'prevResult', prevResult)
  return prevResultText === undefined ? undefined : { repeated: [], prevResultText }
}

function look(text: string): Remarks {
  const repeated: Problem[] = []
  let prevResultText: string | undefined
  const onMember = (member: Member) => {
    if (member.isRepeated && repeated.length < MOST_REPEATED) repeated.push(repeatedMember(text, member))
    if (member.depth === 1 && isPrevResult(member.name)) {
      if (prevResultText === undefined || member.name === 'prevResult') {
        prevResultText = text.slice(member.value.start, member.value.end)
      }
    }
  }
  worded(text, () => scanJson(text, onMember))
  return { repeated, prevResultText }
}

function isPrevResult(name: string): boolean {
  return name.toLowerCase() === 'prevresult'
}

/** Each engine has its own words for a syntax error, and its own bound on nesting; {@link look} has the same on both. */
function parse(text: string, brief: string): JsonObject {
  let object: JsonObject
  try {
    object = JSON.parse(text) as JsonObject
  } catch (error) {
    look(text)
    throw error
  }
  if (isTooDeep(brief, object)) look(text)
  return object
}

/** Finding each place takes time, and nobody reads more than these. */
const MOST_REPEATED = 20

function readText(os: Pick<Os, 'readStdin'>): string {
  try {
    return os.readStdin()
  } catch (error) {
    const { errno } = asOsError(error)
    if (errno === 'EILSEQ') throw undecodable('stdin is not UTF-8', 'JSON is UTF-8 (RFC 8259, section 8.1)')
    if (errno === 'EFBIG') throw undecodable('stdin is too large', `at most ${MAX_STDIN_BYTES} bytes are read`)
    throw error
  }
}

/** What `action` returns for a JSON text. Throws CniError 6 if the text is invalid. */
function worded<T>(text: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const { message, offset } = asKind(JsonSyntaxError, error)
    const { line, column } = lineAndColumn(text, offset)
    throw undecodable(`stdin is not JSON: line ${line}, column ${column} ${message}`)
  }
}

function repeatedMember(text: string, member: Member): Problem {
  const { line, column } = lineAndColumn(text, member.nameStart)
  return {
    code: ErrorCode.invalidConfig,
    msg: `${formatPath(member.path())} is duplicated, given again in line ${line}, column ${column}`,
    details: 'leave one of them',
  }
}

function undecodable(msg: string, details?: string): CniError {
  return new CniError({ code: ErrorCode.undecodable, msg, ...(details !== undefined && { details }) })
}
