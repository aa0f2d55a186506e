import { readFileSync, renameSync, unlinkSync } from 'node:fs'
import { OsError } from '../../os/os.ts'
import type { Libc } from './libc.ts'

const AT_FDCWD = -100
const RENAME_EXCHANGE = 2

interface Texts {
  /** For errors. */
  readonly path: string
  readonly text: string
  readonly before: string
}

/**
 * Replaces a file with the text `before` by a new file with `text`; false if the old one has another text by now, or is
 * gone. Throws OsError, or an error of node:fs.
 */
export function putInPlace(libc: Libc, unfinished: string, to: string, { path, text, before }: Texts): boolean {
  const exchange = () => {
    const renameat2 = libc.lookUp('renameat2', ['i32', 'buffer', 'i32', 'buffer', 'u32'])
    renameat2(path, AT_FDCWD, Buffer.from(`${unfinished}\0`), AT_FDCWD, Buffer.from(`${to}\0`), RENAME_EXCHANGE)
  }
  try {
    exchange()
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (error.errno === 'ENOENT') return false
    // Some file systems cannot exchange two names.
    if (error.errno !== 'EINVAL' && error.errno !== 'ENOSYS') throw error
    if (!holds(to, before)) return false
    renameSync(unfinished, to)
    return true
  }
  const isSame = holds(unfinished, before)
  if (!isSame) {
    // Somebody has written it meanwhile: that version goes back, unless there is an even newer one.
    exchange()
    if (!holds(unfinished, text)) exchange()
  } else unlinkSync(unfinished)
  return isSame
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path).equals(Buffer.from(text))
  } catch {
    return false
  }
}
