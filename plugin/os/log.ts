import { type Os, OsError } from './os.ts'

/** Writes one line to stderr, which runtimes put into their own log. A closed stderr is no reason to fail. */
export function log(os: Os, text: string): void {
  try {
    os.writeStderr(`netns-sysctl: ${text}\n`)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
  }
}
