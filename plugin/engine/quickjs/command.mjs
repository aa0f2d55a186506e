// Runs the commands of the native build, and words their errors.
import { execFileSync } from 'node:child_process'
import { packageOf } from '../../../.ci/requirements.mjs'

/** An error that the person who builds can fix. */
export class NativeBuildError extends Error {}

/** Something is not available here, and will be tried elsewhere. */
export class NotThere extends Error {}

/** The output of a command. Throws NotThere, with the reason, if it fails. */
export function tryToRun(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    if (error.code === 'ENOENT') throw new NotThere(`${command} is not installed`)
    throw new NotThere(reasonIn(String(error.stderr)) ?? `${command} failed`)
  }
}

/** The reason in an error text of apt or Node.js. */
function reasonIn(stderr) {
  return stderr
    .split('\n')
    .map((line) => /^(?:E: |\w*Error: |\s*\[cause\]: Error: )(.*)/.exec(line)?.[1])
    .find((reason) => reason !== undefined)
}

/** The output of a command. Throws a NativeBuildError that names its package if it is not installed. */
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
