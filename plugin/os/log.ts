import { type Os, OsError } from './os.ts'
import { visible } from './visible.ts'

/**
 * Writes one line to stderr, which runtimes put into their own log. Further lines (of a bug) are indented, so that none
 * looks like another message. A closed stderr is no reason to fail.
 */
export function log(os: Os, text: string): void {
  try {
    os.writeStderr(`netns-sysctl: ${visible(text).replace(/\n(?!\s)/g, '\n  ')}\n`)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
  }
}
