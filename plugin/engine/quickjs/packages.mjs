// Debian packages whose content the build needs, fetched by apt beside the machine's own packages.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A failure that whoever builds can do something about. */
export class NativeBuildError extends Error {}

/**
 * Has apt download a package, with a configuration and folders of its own beside the machine's, and unpacks it below
 * `work`; the folder. `variable` names the environment variable that may give the content instead.
 */
export function fetchPackage({ suite, name, version, sha256, arch, variable }, work) {
  console.log(`fetching ${name} ${version} from ${suite}`)
  const apt = join(work, `apt-${name}`)
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(apt, folder), { recursive: true })
  // What is downloaded is held to its checksum, so the keys of another release are not needed.
  writeFileSync(join(apt, 'sources.list'), `deb [trusted=yes] ${debianMirror()} ${suite} main\n`)
  const settings = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(apt, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(apt, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': '',
    ...(arch !== undefined && { 'APT::Architecture': arch, 'APT::Architectures': arch }),
  }
  const args = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  try {
    run('apt-get', [...args, '--quiet', '--quiet', 'update'])
    run('apt-get', [...args, '--quiet', '--quiet', 'download', `${name}=${version}`], { cwd: apt })
  } catch (error) {
    fail(
      `${error.message}; ${name} ${version} is not to be had from ${suite}, so give what it holds as ${variable}=FOLDER`,
    )
  }
  const file = readdirSync(apt).find((entry) => entry.endsWith('.deb'))
  const digest = createHash('sha256')
    .update(readFileSync(join(apt, file)))
    .digest('hex')
  if (digest !== sha256) fail(`${file} has the checksum ${digest}, not ${sha256}`)
  run('dpkg-deb', ['-x', join(apt, file), join(apt, 'package')])
  return join(apt, 'package')
}

/** The mirror of Debian that the machine's own apt uses. */
function debianMirror() {
  const given = process.env.DEBIAN_MIRROR
  if (given !== undefined) return given
  const uris = String(run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'])).split('\n')
  const mirror = uris.find((uri) => /\/debian\/?$/.test(uri))
  return mirror ?? fail('apt has no mirror of Debian here; give one as DEBIAN_MIRROR=URL')
}

export function run(command, args, { cwd = '.', input = '' } = {}) {
  try {
    return execFileSync(command, args, { cwd, input, maxBuffer: 1 << 24, stdio: ['pipe', 'pipe', 'inherit'] })
  } catch (error) {
    if (error.code === 'ENOENT')
      fail(
        `${command} is not installed (packages gcc, binutils, musl-tools, apt, dpkg; for arm64 gcc-aarch64-linux-gnu, qemu-user-static)`,
      )
    return fail(`${command} failed: ${error.status ?? error.signal ?? error.code}`)
  }
}

export function fail(message) {
  throw new NativeBuildError(message)
}
