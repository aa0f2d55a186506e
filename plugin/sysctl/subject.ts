import { type Os, OsError } from '../os/os.ts'
import type { Subject, ValueProblem } from '../subject/subject.ts'
import type { Surroundings } from '../subject/surroundings.ts'
import { diagnoseTarget, explainUnread } from './diagnose.ts'
import type { SysctlKey } from './key.ts'
import { diagnoseWrite } from './refusal.ts'
import { readRelease } from './release.ts'
import { shapeProblem } from './shape.ts'
import { isKept } from './value.ts'
import { isOfNode } from './whole-node.ts'

/** A sysctl as a subject. */
export function createSysctlSubject(key: SysctlKey): Subject {
  return new SysctlSubject(key)
}

class SysctlSubject implements Subject {
  readonly id: string
  private readonly key: SysctlKey
  /** A descriptor that stays open from the first read to the last, because opening takes longest. */
  private file: number | undefined

  constructor(key: SysctlKey) {
    this.id = key.canonical
    this.key = key
    this.file = undefined
  }

  get name(): string {
    return this.id
  }

  prepare(os: Os): void {
    try {
      this.file = os.openSysctl(this.key.path)
    } catch (error) {
      // A file of mode 0200 can still be written.
      if (!isOsError(error, 'EACCES')) throw error
    }
    if (this.file === undefined) os.checkWritable(this.key.path)
    this.refuseOfNode(os)
  }

  /** The value without its newline. */
  read(os: Os): string | undefined {
    try {
      const text = this.readText(os)
      return text.endsWith('\n') ? text.slice(0, -1) : text
    } catch (error) {
      if (this.hasNoValue(os, error)) return undefined
      throw error
    }
  }

  write(os: Os, value: string): void {
    const text = `${value}\n`
    this.refuseOfNode(os)
    try {
      if (this.file !== undefined) os.writeSysctl(this.key.path, this.file, text)
    } catch (error) {
      this.giveUpFile(error)
    }
    if (this.file === undefined) os.writeFile(this.key.path, text)
  }

  valueProblem(value: string, current: string): ValueProblem | undefined {
    return shapeProblem(this.key, value, current)
  }

  isKept(wanted: string, current: string): boolean {
    return isKept(this.key, wanted, current)
  }

  explainTarget(error: OsError, surroundings: () => Surroundings): string {
    return error.call === 'statfs' ? explainUnread(error) : diagnoseTarget(this.key, error, surroundings())
  }

  explainRefusal(os: Os, value: string, error: OsError, current: string): string {
    return diagnoseWrite(os, this.key, value, error, current)
  }

  /** The same answer as from kernels that do not let a container write the node's value. */
  private refuseOfNode(os: Os): void {
    if (!this.key.mayBeOfNode || !isOfNode(this.id, readRelease(os))) return
    throw new OsError('EACCES', 'open', this.key.path)
  }

  private readText(os: Os): string {
    try {
      if (this.file !== undefined) return os.readSysctl(this.key.path, this.file)
    } catch (error) {
      this.giveUpFile(error)
    }
    return os.readFile(this.key.path)
  }

  /** Mode 0200: a trigger such as route.flush. EIO: a stable_secret never set (addrconf_sysctl_stable_secret). */
  private hasNoValue(os: Os, error: unknown): boolean {
    if (isOsError(error, 'EIO')) return this.id.endsWith('.stable_secret')
    return isOsError(error, 'EACCES') && (os.fileStatus(this.key.path).mode & 0o444) === 0
  }

  /** If the file is gone, there may be a new one of that name. Throws every other error. */
  private giveUpFile(error: unknown): void {
    if (!isOsError(error, 'ENOENT')) throw error
    this.file = undefined
  }
}

function isOsError(error: unknown, errno: string): boolean {
  return error instanceof OsError && error.errno === errno
}
