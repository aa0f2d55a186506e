import { isAbsent } from '../../os/errno.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'

/** What is not a regular file, or no text. */
const NO_TEXT = ['EINVAL', 'EISDIR', 'EILSEQ', 'EFBIG']

/** The text of a file; undefined if it is gone, or is none that a runtime would read. Throws OsError for what cannot be told. */
export function readIfThere(os: Os, path: string): string | undefined {
  const text = catchOsError(() => os.readFile(path))
  if (!(text instanceof OsError)) return text
  if (isAbsent(text) || NO_TEXT.includes(text.errno)) return undefined
  throw text
}
