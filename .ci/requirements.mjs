// What must be on a machine before something is built or tested here, with Debian's packages: the only list of it.
//
//   node .ci/requirements.mjs [NAME…]            exit code 1, and one line that names all that is missing
//   node .ci/requirements.mjs --packages NAME…   prints the packages, for apt-get install
//
// NAME: see NEEDS below; `installed` is what npm ci brings, `all` is everything. Without a name: start.
// This runs before npm ci, by any Node.js that there is, so it imports only what Node.js has.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 18

/** A command, a file or a shared library, and Debian's package of it. */
const PACKED = { 'libatomic.so.1': 'libatomic1' }
const NETNS = { unshare: 'util-linux', nsenter: 'util-linux', ip: 'iproute2' }
const STRIP = { strip: 'binutils' }
const TEST = {
  ...PACKED,
  ...NETNS,
  setpriv: 'util-linux',
  script: 'bsdutils',
  strace: 'strace',
  setfattr: 'attr',
  '/usr/sbin/nginx': 'nginx-light',
  tar: 'tar',
}
const NATIVE = {
  ...PACKED,
  gcc: 'gcc',
  '/usr/include/stdio.h': 'libc6-dev',
  'musl-gcc': 'musl-tools',
  objcopy: 'binutils',
  // They fetch the sources of QuickJS.
  ...(process.env.QUICKJS_SRC === undefined && { 'apt-get': 'apt', 'dpkg-deb': 'dpkg' }),
}
const NATIVE_ARM64 = {
  'aarch64-linux-gnu-gcc': 'gcc-aarch64-linux-gnu',
  'aarch64-linux-gnu-objcopy': 'binutils-aarch64-linux-gnu',
  'qemu-aarch64-static': 'qemu-user-static',
}
const PACKED_ARM64 = {
  'aarch64-linux-gnu-strip': 'binutils-aarch64-linux-gnu',
  'qemu-aarch64-static': 'qemu-user-static',
  '/usr/aarch64-linux-gnu/lib/libc.so.6': 'libc6-arm64-cross',
  '/usr/aarch64-linux-gnu/lib/libstdc++.so.6': 'libstdc++6-arm64-cross',
  '/usr/aarch64-linux-gnu/lib/libatomic.so.1': 'libatomic1-arm64-cross',
}
const RELEASE = { ...STRIP, ...NATIVE, ...NATIVE_ARM64, ...PACKED_ARM64, tar: 'tar', gzip: 'gzip' }
const RUNTIMES = {
  podman: 'podman',
  containerd: 'containerd',
  runc: 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  busybox: 'busybox-static',
  iptables: 'iptables',
  jq: 'jq',
}

const NEEDS = {
  build: PACKED,
  start: { ...PACKED, ...NETNS },
  test: TEST,
  native: NATIVE,
  'native-arm64': { ...NATIVE, ...NATIVE_ARM64 },
  release: RELEASE,
  'test:native': { ...TEST, ...NATIVE, ...RUNTIMES, readelf: 'binutils' },
  'test:runtimes': { ...TEST, ...RUNTIMES },
  'test:release': { ...TEST, ...RELEASE, readelf: 'binutils', gpg: 'gpg', 'ssh-keygen': 'openssh-client' },
  'test:kernels': {
    ...TEST,
    ...NATIVE,
    ...NATIVE_ARM64,
    'qemu-system-x86_64': 'qemu-system-x86',
    'qemu-system-aarch64': 'qemu-system-arm',
    busybox: 'busybox-static',
    xz: 'xz-utils',
  },
  'test:fresh': {
    debootstrap: 'debootstrap',
    '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
    gpgv: 'gpgv',
    unshare: 'util-linux',
    setpriv: 'util-linux',
    'apt-get': 'apt',
  },
  bench: { ...TEST, ...NATIVE },
  fuzz: { ...TEST, ...NATIVE, 'afl-fuzz': 'afl++', clang: 'clang' },
}

/** Every Debian and Ubuntu has them. */
const ESSENTIAL = ['apt', 'bsdutils', 'dpkg', 'gzip', 'tar', 'util-linux']

/** Packages without which it works too, but not as well, or whose files have names of no use here. */
const BESIDE = { start: ['binutils'], test: ['binutils'], fuzz: ['libclang-rt-dev'] }

const ROOT = join(fileURLToPath(import.meta.url), '../..')

/** Where a shared library may be when ld.so.cache does not name it. */
const LIBRARY_FOLDERS = [
  ...(process.env.LD_LIBRARY_PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  ...['/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/local/lib'],
]

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) main(process.argv.slice(2))

function main(args) {
  const names = args.filter((arg) => arg !== '--packages')
  const unknown = names.find((name) => !(name in NEEDS) && name !== 'installed' && name !== 'all')
  if (unknown !== undefined)
    throw new Error(`${unknown} is not one of installed, all, ${Object.keys(NEEDS).join(', ')}`)
  if (args.includes('--packages')) return console.log(packagesFor(names).join(' '))
  const problem = whatIsMissing(...(names.length === 0 ? ['start'] : names))
  if (problem === undefined) return
  console.error(problem)
  process.exitCode = 1
}

/** One line that says what is missing for all the names together, and how it is got; undefined if nothing is. */
export function whatIsMissing(...names) {
  const version = process.versions.node
  if (Number.parseInt(version, 10) < OLDEST_NODE) return `Node.js ${OLDEST_NODE} or later is needed; this is ${version}`
  // Its report names the C library where that is glibc.
  if (process.platform !== 'linux' || process.report.getReport().header.glibcVersionRuntime === undefined)
    return 'a Linux machine with glibc is needed: the Node.js that goes into the executable has no other'
  const missing = needsOf(names).filter(([tool]) => !isThere(tool))
  if (missing.length > 0) {
    const tools = missing.map(([tool]) => tool).join(', ')
    return `missing: ${tools}; on Debian and Ubuntu: apt-get install ${unique(missing.map(([, name]) => name)).join(' ')}`
  }
  const isInstalled = existsSync(join(ROOT, 'node_modules/.bin/esbuild'))
  return names.includes('installed') && !isInstalled ? 'missing: node_modules; npm ci makes it' : undefined
}

/** Debian's package of a command, a file or a library. */
export function packageOf(tool) {
  return needsOf(['all']).find(([name]) => name === tool)?.[1]
}

function packagesFor(names) {
  const beside = names.flatMap((name) => (name === 'all' ? Object.values(BESIDE).flat() : (BESIDE[name] ?? [])))
  const all = unique([...needsOf(names).map(([, name]) => name), ...beside])
  return all.filter((name) => !ESSENTIAL.includes(name)).sort()
}

function needsOf(names) {
  const groups = names.includes('all') ? Object.values(NEEDS) : names.map((name) => NEEDS[name] ?? {})
  return Object.entries(Object.assign({}, ...groups))
}

function isThere(tool) {
  if (tool.startsWith('/')) return existsSync(tool)
  if (!tool.includes('.so.')) return (process.env.PATH ?? '').split(delimiter).some((at) => mayRun(join(at, tool)))
  return isNamedByLdCache(tool) || libraryFolders().some((folder) => existsSync(join(folder, tool)))
}

function mayRun(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The cache holds the names of libraries, and their paths, as text. */
function isNamedByLdCache(library) {
  try {
    return readFileSync('/etc/ld.so.cache', 'latin1').includes(`/${library}\0`)
  } catch {
    return false
  }
}

/** With those of Debian's architectures. */
function libraryFolders() {
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch]
  return LIBRARY_FOLDERS.flatMap((folder) => [folder, join(folder, String(triplet))])
}

function unique(names) {
  return [...new Set(names)]
}
