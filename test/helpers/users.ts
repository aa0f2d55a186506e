import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, EXECUTABLE } from './executable.ts'
import { isRoot, type Ran, type RunOptions, run } from './netns.ts'

/** Runs an executable as root without CAP_SYS_ADMIN. */
export function withoutSysAdmin(executable: string): Command {
  return ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-all', '--', executable]
}

/** Runs the plugin as a user who has no capability, on the host. */
export function runUnprivileged(options: RunOptions): Ran {
  if (!isRoot) return run([EXECUTABLE], options)
  // The project may be in a folder that only root can read.
  const directory = mkdtempSync(join(tmpdir(), 'netns-sysctl-'))
  const copy = join(directory, 'netns-sysctl')
  try {
    chmodSync(directory, 0o755)
    copyFileSync(EXECUTABLE, copy)
    return run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--', copy], options)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
