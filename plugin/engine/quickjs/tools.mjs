// The tools for the C files of this folder and the engine, for each kind of executable.
import { join } from 'node:path'
import { run } from './command.mjs'
import { prepareMusl } from './sources.mjs'

/** For the executable. Not position-independent, so that it can start with a stored heap: see kept.c. */
const COMPILE = [
  '-O2',
  '-fno-pie',
  '-fstack-protector-strong',
  '-fstack-clash-protection',
  '-ffunction-sections',
  '-fdata-sections',
  '-fno-asynchronous-unwind-tables',
]
const SECTIONS = `-Wl,-T,${join(import.meta.dirname, 'sections.ld')}`
const LINK = ['-static', '-no-pie', SECTIONS, '-Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack']
const OF_ARCHITECTURE = { x64: ['-fcf-protection'], arm64: ['-mbranch-protection=standard'] }

/**
 * The compiler, its options, the link options behind the object files, and the command that runs the result. `sanitize`
 * is for an executable that finds errors: it does not store its heap, and takes memory from the C library.
 */
export function toolsFor(kind, arch, cache) {
  if (kind === 'sanitize') {
    const sanitize = ['-fsanitize=address,undefined']
    const compile = ['-O1', '-g', ...sanitize, '-fno-sanitize-recover=all', '-DRUN_AT_ONCE']
    // CC: afl-clang-fast, for test/native/fuzz.sh.
    return { compiler: process.env.CC ?? 'gcc', compile, link: [...sanitize, SECTIONS], libraries: ['-lm'] }
  }
  const compile = [...COMPILE, ...OF_ARCHITECTURE[arch]]
  if (arch !== process.arch) return crossTools(compile, cache)
  return { compiler: 'musl-gcc', compile, link: LINK, libraries: ['-lm'], objcopy: 'objcopy', runner: [] }
}

/** Debian's cross compiler, with musl instead of its own C library. */
function crossTools(compile, cache) {
  const compiler = 'aarch64-linux-gnu-gcc'
  const musl = prepareMusl(cache)
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
