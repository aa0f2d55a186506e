// The tools that the C files of this folder and the engine are compiled with, by what is to come of it.
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackage, run } from './packages.mjs'

/** For the executable. Without position-independence, so that it can start with what its heap held: see kept.c. */
const COMPILE = [
  '-O2',
  '-fno-pie',
  '-fstack-protector-strong',
  '-fstack-clash-protection',
  '-ffunction-sections',
  '-fdata-sections',
  '-fno-asynchronous-unwind-tables',
]
const LINK = ['-static', '-no-pie', '-Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack']
const OF_ARCHITECTURE = { x64: ['-fcf-protection'], arm64: ['-mbranch-protection=standard'] }

/** musl for arm64, which Debian has no cross package of. */
const MUSL = {
  suite: 'trixie',
  name: 'musl-dev',
  version: '1.2.5-3.1~deb13u1',
  sha256: '384ea029e3694baac696d3993d93246f9a4b3741c493697e1ceb7256d8820748',
  arch: 'arm64',
  variable: 'MUSL_ARM64',
}

/**
 * The compiler, its options, what comes after the object files when it links, and how what it makes is run. `sanitize`
 * is for an executable that finds mistakes: it does not keep its heap, and takes memory from the C library.
 */
export function toolsFor(kind, arch, cache) {
  if (kind === 'sanitize') {
    const sanitize = ['-fsanitize=address,undefined']
    const compile = ['-O1', '-g', ...sanitize, '-fno-sanitize-recover=all', '-DRUN_AT_ONCE']
    // CC: afl-clang-fast, for test/native/fuzz.sh.
    return { compiler: process.env.CC ?? 'gcc', compile, link: sanitize, libraries: ['-lm'] }
  }
  const compile = [...COMPILE, ...OF_ARCHITECTURE[arch]]
  if (arch !== process.arch) return crossTools(compile, cache)
  return { compiler: 'musl-gcc', compile, link: LINK, libraries: ['-lm'], objcopy: 'objcopy', runner: [] }
}

/** Debian's cross compiler, with musl instead of its own C library. */
function crossTools(compile, cache) {
  const compiler = 'aarch64-linux-gnu-gcc'
  const musl = process.env.MUSL_ARM64 ?? prepareMusl(cache)
  const own = String(run(compiler, ['-print-file-name=include'])).trim()
  const headers = ['-nostdinc', '-isystem', join(musl, 'usr/include/aarch64-linux-musl'), '-isystem', own]
  const libraries = join(musl, 'usr/lib/aarch64-linux-musl')
  const [first, second, last] = ['crt1.o', 'crti.o', 'crtn.o'].map((name) => join(libraries, name))
  return {
    compiler,
    compile: [...compile, ...headers],
    link: [...LINK, '-nostdlib', '-L', libraries, first, second],
    libraries: ['-lc', '-lgcc', '-lc', last],
    objcopy: 'aarch64-linux-gnu-objcopy',
    runner: ['qemu-aarch64-static'],
  }
}

function prepareMusl(cache) {
  const folder = join(cache, `musl-${MUSL.sha256.slice(0, 12)}`)
  if (existsSync(folder)) return folder
  const work = mkdtempSync(join(cache, 'musl-'))
  try {
    renameSync(fetchPackage(MUSL, work), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return folder
}
