import type { Os } from '../../../os/os.ts'
import { CliError } from '../../cli-error.ts'
import { readIfThere } from '../steps.ts'
import { readElf } from './elf.ts'
import { findMissing } from './libraries.ts'

const NATIVE = 'the native executable needs no library'

/**
 * Proves that the executable at `path` starts in the system whose root is at `hostRoot`, where the runtime executes it from
 * `binDir`. With an executable that does not start, no container can start or end. Throws CliError.
 */
export function checkRuns(os: Os, path: string, binDir: string, hostRoot: string | undefined): void {
  const elf = readElf(os, path)
  if (elf?.interpreter === undefined) return
  if (hostRoot === undefined && isFromElsewhere(os, binDir)) {
    throw new CliError(
      `whether the node has the libraries that this executable needs cannot be seen from inside this container: mount the node's / and name it with --host-root; ${NATIVE}`,
    )
  }
  const missing = findMissing(os, hostRoot ?? '/', elf)
  if (missing.length === 0) return
  throw new CliError(`this executable would not start on the node: ${missing.join('; ')}; ${NATIVE}`)
}

interface Mount {
  readonly point: string
  readonly type: string
}

/** Whether a folder was mounted into the overlay that is a container's root. */
function isFromElsewhere(os: Os, folder: string): boolean {
  const mounts = parseMounts(readIfThere(os, '/proc/self/mountinfo') ?? '')
  const root = mounts.findLast(({ point }) => point === '/')
  const around = mounts.filter(({ point }) => `${folder}/`.startsWith(point === '/' ? '/' : `${point}/`))
  const longest = Math.max(0, ...around.map(({ point }) => point.length))
  return root?.type === 'overlay' && longest > 1
}

/** The lines of proc_pid_mountinfo(5): the mount point is the fifth word, the type the first behind `-`. */
function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const words = line.split(' ')
    const point = words[4]
    const type = words[words.indexOf('-') + 1]
    return point === undefined || type === undefined ? [] : [{ point, type }]
  })
}
