import { type Os, OsError } from '../os/os.ts'
import type { Subject } from '../plan/subject.ts'
import { diagnoseTarget, diagnoseWrite } from './diagnose.ts'
import type { SysctlKey } from './key.ts'
import { isKept } from './value.ts'

/** A sysctl as something that has a value. */
export function createSysctlSubject(key: SysctlKey): Subject {
  return {
    id: key.canonical,
    name: key.canonical,
    read: (os) => readValue(os, key),
    checkWritable: (os) => os.checkWritable(key.path),
    write: (os, value) => os.writeFile(key.path, `${value}\n`),
    isKept: (wanted, current) => isKept(key, wanted, current),
    explainTarget: (error, surroundings) => diagnoseTarget(key, error, surroundings()),
    explainRefusal: (os, value, error, current) => diagnoseWrite(os, key, value, error, current),
  }
}

/** The value without its newline; undefined where there is one that cannot be read. */
function readValue(os: Os, key: SysctlKey): string | undefined {
  try {
    const text = os.readFile(key.path)
    return text.endsWith('\n') ? text.slice(0, -1) : text
  } catch (error) {
    // EACCES: mode 0200, a trigger such as route.flush. EIO: a stable_secret never set (addrconf_sysctl_stable_secret).
    if (error instanceof OsError && (error.errno === 'EACCES' || error.errno === 'EIO')) return undefined
    throw error
  }
}
