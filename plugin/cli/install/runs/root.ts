import { catchOsError, type Os, OsError } from '../../../os/os.ts'

/** The kernel's limit of links. */
const MOST_LINKS = 40

/**
 * The path from here for a path in the system whose root is at `root`: links are followed as in that system.
 * Undefined if there is nothing. Throws OsError.
 */
export function resolveIn(os: Os, root: string, path: string): string | undefined {
  const base = root === '/' ? '' : root
  const left = path.split('/')
  let at = ''
  for (let links = 0; left.length > 0; ) {
    const step = left.shift() ?? ''
    if (step === '' || step === '.') continue
    if (step === '..') {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
      continue
    }
    const next = `${at}/${step}`
    const status = catchOsError(() => os.fileStatus(base + next))
    if (status instanceof OsError) {
      if (status.errno === 'ENOENT' || status.errno === 'ENOTDIR') return undefined
      throw status
    }
    if (status.kind !== 'link') {
      at = next
      continue
    }
    links += 1
    if (links > MOST_LINKS) return undefined
    const target = os.readLink(base + next)
    if (target.startsWith('/')) at = ''
    left.unshift(...target.split('/'))
  }
  return base + (at || '/')
}
