// Runs what the native build needs, and words what goes wrong.
import { execFileSync } from 'node:child_process'
import { packageOf } from '../../../.ci/requirements.mjs'

/** A failure that whoever builds can do something about. */
export class NativeBuildError extends Error {}

/** Something cannot be had here, and is to be tried elsewhere. */
export class NotThere extends Error {}

/** What a command prints. Throws NotThere, with the reason, if it fails. */
export function tryToRun(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    if (error.code === 'ENOENT') throw new NotThere(`${command} is not installed`)
    throw new NotThere(reasonIn(String(error.stderr)) ?? `${command} failed`)
  }
}

/** What apt, or Node.js, gives as the reason. */
function reasonIn(stderr) {
  return stderr
    .split('\n')
    .map((line) => /^(?:E: |\w*Error: |\s*\[cause\]: Error: )(.*)/.exec(line)?.[1])
    .find((reason) => reason !== undefined)
}

/** What a command prints. Throws a NativeBuildError that names its package where it is not installed. */
export function run(command, args, { cwd = '.', input = '' } = {}) {
  try {
    return execFileSync(command, args, { cwd, input, maxBuffer: 1 << 24, stdio: ['pipe', 'pipe', 'inherit'] })
  } catch (error) {
    if (error.code === 'ENOENT')
      fail(`missing: ${command}; on Debian and Ubuntu: apt-get install ${packageOf(command)}`)
    return fail(`${command} failed: ${error.status ?? error.signal ?? error.code}`)
  }
}

export function fail(message) {
  throw new NativeBuildError(message)
}
