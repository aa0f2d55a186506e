import { isAbsent } from '../../os/errno.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'

/** Errors of files that are not regular or not text. */
const NO_TEXT = ['EINVAL', 'EISDIR', 'EILSEQ', 'EFBIG']

/** The text of a file; undefined if it is gone, or if a runtime would not read it. Throws OsError for other errors. */
export function readIfThere(os: Os, path: string): string | undefined {
  const text = catchOsError(() => os.readFile(path))
  if (!(text instanceof OsError)) return text
  if (isAbsent(text) || NO_TEXT.includes(text.errno)) return undefined
  throw text
}
