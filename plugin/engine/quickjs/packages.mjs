// Packages that the build needs, fetched without installing them. Their checksums are checked, so
// any source is fine.
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fail, NotThere, run, tryToRun } from './command.mjs'
import { debianMirror } from './mirror.mjs'

/** Has every package that was ever in Debian, by its SHA-1. */
const SNAPSHOTS = 'https://snapshot.debian.org'

/**
 * The folder in `cache` with the content of the first package that is available: from Debian's suites, from its
 * snapshots, or from a release of the project itself. `variable` is the environment variable with an unpacked one.
 */
export function fetchOneOf(packages, variable, cache) {
  const folderOf = ({ name, version }) => join(cache, `${name}-${version}`)
  const cached = packages.find((each) => existsSync(folderOf(each)))
  if (cached !== undefined) return folderOf(cached)
  mkdirSync(cache, { recursive: true })
  const reasons = []
  for (const [wanted, from, fetch] of waysTo(packages)) {
    const work = mkdtempSync(join(cache, 'fetch-'))
    try {
      console.log(`fetching ${wanted.name} ${wanted.version} from ${from}`)
      fetch(work)
      renameSync(join(work, 'package'), folderOf(wanted))
      return folderOf(wanted)
    } catch (error) {
      if (!(error instanceof NotThere)) throw error
      reasons.push(`${from}: ${error.message}`)
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  const names = [...new Set(packages.map(({ name, version }) => `${name} ${version}`))].join(', ')
  return fail(
    `none of ${names} could be fetched (${reasons.join('; ')}); unpack one yourself and give it: ${variable}=FOLDER`,
  )
}

/** Each way: the package, its source, and the function that fetches it into the folder `package` of an empty folder. */
function waysTo(packages) {
  const debian = packages.filter(({ url }) => url === undefined)
  return [
    ...debian.flatMap((each) => each.suites.map((suite) => [each, suite, (work) => fetchFromSuite(each, suite, work)])),
    ...debian.map((each) => [each, hostOf(SNAPSHOTS), (work) => fetchSnapshot(each, work)]),
    ...packages
      .filter(({ url }) => url !== undefined)
      .map((each) => [each, hostOf(each.url), (work) => fetchRelease(each, work)]),
  ]
}

function hostOf(url) {
  return new URL(url).hostname
}

/** By apt, with its own configuration and folders. */
function fetchFromSuite({ name, version, sha256, arch }, suite, work) {
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(work, folder), { recursive: true })
  writeFileSync(join(work, 'sources.list'), `deb [trusted=yes] ${debianMirror(suite)} ${suite} main\n`)
  const settings = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(work, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(work, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': '',
    ...(arch !== undefined && { 'APT::Architecture': arch, 'APT::Architectures': arch }),
  }
  const args = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  tryToRun('apt-get', [...args, '-qq', 'update'], work)
  tryToRun('apt-get', [...args, '-qq', 'download', `${name}=${version}`], work)
  unpackDebian(
    join(
      work,
      readdirSync(work).find((entry) => entry.endsWith('.deb')),
    ),
    sha256,
    work,
  )
}

function fetchSnapshot({ sha1, sha256 }, work) {
  const file = join(work, 'package.deb')
  download(`${SNAPSHOTS}/file/${sha1}`, file)
  unpackDebian(file, sha256, work)
}

/** In the layout of Debian's package. The caller checks the files' checksum. */
function fetchRelease({ url }, work) {
  const [archive, folder] = [join(work, 'release.tar.gz'), join(work, 'release')]
  download(url, archive)
  mkdirSync(folder)
  run('tar', ['-xzf', archive, '--strip-components=1', '-C', folder])
  cpSync(folder, join(work, 'package/usr/src/quickjs-ng'), { recursive: true })
  cpSync(join(folder, 'LICENSE'), join(work, 'package/usr/share/doc/qjs-src/copyright'))
}

function unpackDebian(file, sha256, work) {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex')
  if (digest !== sha256) fail(`${file} has the checksum ${digest}, not ${sha256}`)
  run('dpkg-deb', ['-x', file, join(work, 'package')])
}

const DOWNLOAD = `
  const [url, file] = process.argv.slice(1)
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) })
  if (!response.ok) throw new Error(String(response.status))
  fs.writeFileSync(file, Buffer.from(await response.arrayBuffer()))`

/** In another process, because the rest of the build is synchronous. */
function download(url, file) {
  tryToRun(process.execPath, ['--input-type=module', '--eval', `import fs from 'node:fs'\n${DOWNLOAD}`, url, file], '.')
}
