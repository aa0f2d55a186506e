import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { diagnoseTarget, diagnoseWrite, leaveAndLookAround } from './diagnose.ts'
import type { Plan, Write } from './plan.ts'
import { isKept } from './value.ts'

/** A write whose file was looked at. */
export interface Target {
  readonly write: Write
  /** The value before; undefined where it cannot be read: a trigger such as route.flush, an unset stable_secret. */
  readonly before: string | undefined
}

interface Failure {
  readonly write: Write
  readonly error: OsError
}

/**
 * Looks at every file of the plan, in the netns that the thread is in, and writes nothing. What may fail and would is
 * left out, and logged. Throws CniError 101 with the reason for each write that cannot work.
 */
export function lookAtTargets(os: Os, plan: Plan): Target[] {
  const failures: Failure[] = []
  const targets = plan.flatMap((write) => {
    try {
      return [lookAtTarget(os, write)]
    } catch (error) {
      if (!(error instanceof OsError)) throw error
      if (write.mayFail) logIgnored(os, write, error)
      else failures.push({ write, error })
      return []
    }
  })
  if (failures.length > 0) throw cannotWork(os, failures)
  return targets
}

/**
 * Writes the targets in order. Throws CniError 101 at the first that the kernel refuses, after everything written
 * before it was put back in reverse order.
 */
export function writeTargets(os: Os, targets: readonly Target[]): void {
  const written: Target[] = []
  for (const target of targets) {
    try {
      os.writeFile(target.write.key.path, `${target.write.value}\n`)
      written.push(target)
    } catch (error) {
      if (!(error instanceof OsError)) throw error
      if (isDenied(error) && holdsWanted(target)) continue
      const toUndo = isChanged(os, target) ? [target] : []
      if (!target.write.mayFail) throw failedWrite(os, target, error, undoWrites(os, [...toUndo, ...written.reverse()]))
      undoWrites(os, toUndo)
      logIgnored(os, target.write, error)
    }
  }
}

/** Reads every target back and logs where the kernel holds something else than was written. */
export function verifyTargets(os: Os, targets: readonly Target[]): void {
  for (const { write, before } of targets) {
    const after = before === undefined ? undefined : readValue(os, write)
    if (after !== undefined && !isKept(write.key, write.value, after)) {
      log(os, `${write.key.canonical}: wrote ${JSON.stringify(write.value)}, the kernel holds ${JSON.stringify(after)}`)
    }
  }
}

/** The value of a sysctl without its newline; undefined where there is one that cannot be read. */
export function readValue(os: Os, { key }: Write): string | undefined {
  try {
    return os.readFile(key.path).replace(/\n$/, '')
  } catch (error) {
    // EACCES: mode 0200. EIO: a stable_secret that was never set (addrconf_sysctl_stable_secret).
    if (error instanceof OsError && (error.errno === 'EACCES' || error.errno === 'EIO')) return undefined
    throw error
  }
}

function lookAtTarget(os: Os, write: Write): Target {
  const target = { write, before: readValue(os, write) }
  try {
    os.checkWritable(write.key.path)
  } catch (error) {
    if (!(error instanceof OsError && isDenied(error) && holdsWanted(target))) throw error
  }
  return target
}

function isDenied(error: OsError): boolean {
  return error.errno === 'EACCES' || error.errno === 'EPERM' || error.errno === 'EROFS'
}

function holdsWanted({ write, before }: Target): boolean {
  return before !== undefined && isKept(write.key, write.value, before)
}

/** Whether a refused write left a trace: a vector keeps the numbers before the one that is refused, do_proc_dointvec(). */
function isChanged(os: Os, { write, before }: Target): boolean {
  try {
    return before !== undefined && readValue(os, write) !== before
  } catch (error) {
    if (error instanceof OsError) return false
    throw error
  }
}

function logIgnored(os: Os, write: Write, error: OsError): void {
  log(os, `${write.key.canonical}: not set (${error.errno}), ignored because of its "-"`)
}

function cannotWork(os: Os, failures: readonly Failure[]): CniError {
  const surroundings = leaveAndLookAround(os)
  const problems = failures.map(({ write, error }): Problem => {
    const reason = diagnoseTarget(write.key, error, surroundings)
    return { code: ErrorCode.refusedByKernel, msg: `${write.key.canonical}: ${reason}`, details: 'nothing was written' }
  })
  return new CniError(...(problems as [Problem, ...Problem[]]))
}

/** Puts the values back, in the order given; the names of those that could not be. */
function undoWrites(os: Os, written: readonly Target[]): string[] {
  return written.flatMap(({ write, before }) => {
    try {
      if (before === undefined) return [write.key.canonical]
      os.writeFile(write.key.path, `${before}\n`)
      return []
    } catch (error) {
      if (!(error instanceof OsError)) throw error
      return [write.key.canonical]
    }
  })
}

function failedWrite(os: Os, { write, before }: Target, error: OsError, stuck: readonly string[]): CniError {
  const reason = diagnoseWrite(os, write.key, write.value, error, before ?? '')
  const left = stuck.length === 0 ? '' : `; could not be put back: ${stuck.join(', ')}`
  return new CniError({
    code: ErrorCode.refusedByKernel,
    msg: `${write.key.canonical}: ${reason}${left}`,
    details: stuck.length === 0 ? 'everything written before was put back' : 'the rest was put back',
  })
}
