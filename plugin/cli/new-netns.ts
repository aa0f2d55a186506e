import { type Os, OsError } from '../os/os.ts'

/** Makes a network namespace for reading and enters it; false if that is not allowed. */
export function tryNewNetns(os: Os): boolean {
  try {
    os.makeNetns()
    return true
  } catch (error) {
    if (error instanceof OsError) return false
    throw error
  }
}
