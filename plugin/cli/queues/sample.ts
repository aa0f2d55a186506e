import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { visibleLine } from '../../os/visible.ts'
import { readRelease } from '../../sysctl/release.ts'
import { CliError } from '../cli-error.ts'
import { wordError } from '../errors.ts'
import { type Container, formatContainer } from '../node/containers.ts'
import { type Look, lookInto } from './look.ts'
import { type ContainerQueues, judgeContainer } from './queue.ts'

/** The queues of all chosen containers, at one time. */
export interface Sample {
  readonly containers: readonly ContainerQueues[]
  readonly looks: readonly Look[]
  /** Of {@link Os.elapsed}, in milliseconds. */
  readonly takenAt: number
  /** Containers that could not be read, in words. */
  readonly unseen: readonly string[]
}

/** Reads each container. Those that have ended meanwhile are left out. Throws CliError if none can be entered. */
export function takeSample(os: Os, containers: readonly Container[], before?: Sample): Sample {
  const takenAt = os.elapsed()
  const unseen: string[] = []
  const looks = containers.flatMap((container): Look[] => {
    const look = catchOsError(() => lookInto(os, container))
    if (!(look instanceof OsError)) return look === undefined ? [] : [look]
    unseen.push(visibleLine(`${formatContainer(container)}: ${wordFailure(look)}`))
    return []
  })
  if (looks.length === 0 && unseen[0] !== undefined) throw new CliError(unseen[0])
  const release = readRelease(os)
  const judged = looks.map((look) => {
    const earlier = before?.looks.find(({ container }) => container.id === look.container.id)
    const seconds = Math.round((takenAt - (before?.takenAt ?? takenAt)) / 100) / 10
    return judgeContainer(os, look, earlier && { look: earlier, seconds }, release)
  })
  return { containers: judged, looks, takenAt, unseen }
}

function wordFailure(error: OsError): string {
  if (error.call === 'request' && error.errno === 'ENOENT') {
    return 'this kernel does not show sockets: it has no module tcp_diag, or may not load it (modprobe tcp_diag)'
  }
  return wordError(error)
}
