import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { debianMirror } from '../../plugin/engine/quickjs/mirror.mjs'
import { execute } from './execute.ts'
import { networkVariables } from './machine.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const SCRIPTS = '/usr/share/debootstrap/scripts'

// debootstrap makes devices, which a folder of this machine may be mounted without.
const MAKE = `set -e
root=$1
shift
mount -n --bind "$root" "$root"
mount -n -o remount,bind,dev,suid,exec "$root"
debootstrap "$@"`

/** Makes the smallest Debian there is at `base`, if it is not there yet; `debs` keeps the packages. Throws an Error with the reason. */
export async function debootstrap(suite: string, base: string, debs: string): Promise<string> {
  if (existsSync(base)) return base
  const work = mkdtempSync(`${base}-`)
  chmodSync(work, 0o755)
  // A suite that is younger than this debootstrap is made as sid is.
  const script = existsSync(`${SCRIPTS}/${suite}`) ? [] : [`${SCRIPTS}/sid`]
  const args = [
    '--variant=minbase',
    `--keyring=${KEYRING}`,
    `--cache-dir=${debs}`,
    suite,
    work,
    debianMirror(suite),
    ...script,
  ]
  const { PATH = '' } = process.env
  const { status, output } = await execute([], ['sh', '-c', MAKE, 'sh', work, ...args], { PATH, ...networkVariables() })
  if (status !== 0) {
    rmSync(work, { recursive: true, force: true })
    throw new Error(`debootstrap ${suite} failed:\n${output.slice(-2000)}`)
  }
  renameSync(work, base)
  return base
}
