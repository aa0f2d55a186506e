import type { Os } from '../../os/os.ts'
import type { Report } from '../command.ts'
import type { Paint } from '../paint.ts'
import { reportSample } from './report.ts'
import type { Sample } from './sample.ts'

/** Moves to the upper left corner and clears the screen: ECMA-48. */
const CLEAR = '\u001b[H\u001b[2J'

/** Shows the queues again and again until SIGTERM or SIGINT comes; the exit code is that of the last look. */
export function watchQueues(os: Os, seconds: number, look: (before?: Sample) => Sample, paint: Paint): Report {
  os.watchFolders([])
  const clear = os.isTerminal() ? CLEAR : ''
  const note = paint.dim(`every ${seconds} s; Ctrl-C ends it`)
  for (let sample = look(); ; sample = look(sample)) {
    const { text, json, exitCode } = reportSample(sample, paint)
    os.writeStdout(`${clear}${text}${note}\n${clear === '' ? '\n' : ''}`)
    if (os.pause(seconds * 1000)) return { text: '', json, exitCode }
  }
}
