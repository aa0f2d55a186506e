import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianMirror } from '../../plugin/engine/quickjs/mirror.mjs'
import type { Kernel } from './kernels.ts'
import { runTool } from './tool.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** A kernel whose packages are unpacked in a folder. */
export interface Unpacked {
  readonly kernel: Kernel
  readonly folder: string
  /** Of the image's package, `5.10.262-1`. */
  readonly version: string
  /** A static one for the kernel's machine. */
  readonly busybox: string
}

/** Packages of one or several suites for one machine: the last suite is preferred. */
interface Request {
  readonly arch: Kernel['arch']
  readonly suites: readonly string[]
  /** Where they are kept. */
  readonly folder: string
}

/**
 * Lets apt fetch the newest image of a kernel and a busybox, with lists of their own (apt checks Debian's signatures),
 * and unpacks them below `work`. Files that are already there are not fetched again.
 */
export function fetchKernel(kernel: Kernel, work: string): Unpacked {
  if (!existsSync(KEYRING)) throw new Error(`there is no ${KEYRING}: install the package debian-archive-keyring`)
  const { arch } = kernel
  const folder = join(work, kernel.name)
  const busybox = fetchPackages({ arch, suites: ['trixie'], folder: join(work, `busybox-${arch}`) }, () => [
    'busybox-static',
  ])
  const { path, version } = fetchImage(kernel, folder)
  return { kernel, folder: path, version, busybox: join(busybox.path, 'usr/bin/busybox') }
}

/** A mirror may list files of a security suite that it does not have for every architecture. */
function fetchImage({ arch, suites, image }: Kernel, folder: string): Fetched {
  const names = (apt: Apt) => {
    const depends = String(apt('apt-cache', ['depends', '--recurse', '--important', image])).split('\n')
    return depends.filter((name) => /^linux-(image|binary|modules)-\d/.test(name))
  }
  try {
    return fetchPackages({ arch, suites, folder }, names)
  } catch (error) {
    if (suites.length === 1) throw error
    console.log(`${image} is not available from ${suites.at(-1)}: ${String(error)}`)
    return fetchPackages({ arch, suites: suites.slice(0, -1), folder }, names)
  }
}

interface Fetched {
  readonly path: string
  readonly version: string
}

/** The folder with the content of all packages that `choose` names, and the version of the first. */
function fetchPackages(request: Request, choose: (apt: Apt) => readonly string[]): Fetched {
  const { folder } = request
  const apt = createApt(request, join(folder, 'apt'))
  apt('apt-get', ['--quiet', '--quiet', 'update'])
  const packages = [...new Set(choose(apt))].map((name) => newestOf(apt, name))
  const version = packages[0]?.version
  if (version === undefined) throw new Error(`there is no package for it in ${request.suites.join(', ')}`)
  const path = join(
    folder,
    packages
      .map((each) => `${each.name}_${each.version}`)
      .join('+')
      .replaceAll(':', ''),
  )
  if (!existsSync(path)) unpack(apt, packages, path, folder)
  return { path, version }
}

interface Package {
  readonly name: string
  readonly version: string
}

type Apt = (tool: 'apt-get' | 'apt-cache', args: readonly string[], cwd?: string) => Buffer

/** apt with its own configuration and folders. */
function createApt({ arch, suites }: Request, folder: string): Apt {
  for (const each of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, each), { recursive: true })
  const sources = suites.map((suite) => `deb [signed-by=${KEYRING}] ${debianMirror(suite)} ${suite} main\n`)
  writeFileSync(join(folder, 'sources.list'), sources.join(''))
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': '',
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'APT::Default-Release': `/^${suites.at(-1)}$/`,
  }
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  return (tool, args, cwd) => runTool(tool, [...options, ...args], cwd)
}

function newestOf(apt: Apt, name: string): Package {
  const version = /^ {2}Candidate: (\S+)$/m.exec(String(apt('apt-cache', ['policy', name])))?.[1]
  if (version === undefined || version === '(none)') throw new Error(`there is no package ${name}`)
  return { name, version }
}

function unpack(apt: Apt, packages: readonly Package[], target: string, folder: string): void {
  const work = join(folder, 'unpacking')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(join(work, 'root'), { recursive: true })
  for (const { name, version } of packages) {
    console.log(`fetching ${name} ${version}`)
    apt('apt-get', ['--quiet', '--quiet', 'download', `${name}=${version}`], work)
  }
  for (const file of readdirSync(work).filter((each) => each.endsWith('.deb'))) {
    runTool('dpkg-deb', ['-x', join(work, file), join(work, 'root')])
  }
  for (const old of readdirSync(folder).filter((each) => !['apt', 'unpacking'].includes(each))) {
    rmSync(join(folder, old), { recursive: true })
  }
  renameSync(join(work, 'root'), target)
  rmSync(work, { recursive: true })
}
