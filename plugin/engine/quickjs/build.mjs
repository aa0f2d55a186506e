// Compiles the QuickJS engine, the C files of this folder and the bundles of the plugin into one static executable.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { run } from './command.mjs'
import { prepareSources } from './sources.mjs'
import { toolsFor } from './tools.mjs'

const ENGINE_FILES = ['quickjs.c', 'libregexp.c', 'libunicode.c', 'dtoa.c']

/** In one order, so that two builds are alike. */
const HOST_FILES = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.c'))
  .sort()
const WARNINGS = ['-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror']

/**
 * Compiles two scripts, `runtime` for requests of runtimes and `operator` for commands of people, into the executable
 * `output`. The compiled engine stays in `cache` for the next time.
 */
export function buildNative({ runtime, operator, output, cache, kind = 'release', arch = process.arch }) {
  mkdirSync(cache, { recursive: true })
  const tools = toolsFor(kind, arch, cache)
  const { compiler, compile, link, libraries } = tools
  const { sources, compilerOf, objects } = prepareEngine(cache, tools)
  const work = mkdtempSync(join(cache, 'program-'))
  try {
    const toObject = (file, ...options) => {
      const object = join(work, `${basename(file, '.c')}.o`)
      run(compiler, [...compile, ...options, '-c', file, '-o', object])
      return object
    }
    const toBytecode = (bundle, ...options) => run(compilerOf, ['-C', '-s', '-s', ...options, bundle])
    const toArray = (bundle, name) => {
      const file = join(work, `${name}.c`)
      toBytecode(bundle, '-N', name, '-o', file)
      return toObject(file)
    }
    const own = HOST_FILES.map((file) => toObject(join(import.meta.dirname, file), ...WARNINGS, '-I', sources))
    if (kind === 'sanitize') own.push(toArray(runtime, 'runtime_program'))
    const linked = join(work, 'linked')
    own.push(toArray(operator, 'operator_program'))
    run(compiler, [...link, '-o', linked, ...own, ...objects, ...libraries])
    if (kind === 'release') {
      toBytecode(runtime, '-b', '-o', join(work, 'runtime'))
      keepHeap(linked, readFileSync(join(work, 'runtime')), work, tools)
    }
    copyFileSync(linked, output)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Runs the executable until it has loaded the program, and puts its memory into the executable: see kept.c. */
function keepHeap(executable, program, work, { runner, objcopy }) {
  const heap = join(work, 'heap')
  const [file, ...args] = [...runner, executable]
  writeFileSync(heap, run(file, args, { input: program }))
  run(objcopy, ['--update-section', `.kept=${heap}`, '--strip-all', executable])
}

function prepareEngine(cache, { compiler, compile }) {
  const { folder: sources, version, files } = prepareSources(cache)
  console.log(`QuickJS ${version}`)
  const flags = createHash('sha256')
    .update([compiler, ...compile].join(' '))
    .digest('hex')
  const folder = join(cache, `engine-${files.slice(0, 12)}-${flags.slice(0, 12)}`)
  const engine = (at) => ({
    sources,
    compilerOf: join(at, 'qjsc'),
    objects: ENGINE_FILES.map((file) => join(at, file.replace(/c$/, 'o'))),
  })
  if (existsSync(folder)) return engine(folder)
  const work = mkdtempSync(join(cache, 'engine-'))
  try {
    compileEngine(engine(work), compiler, compile)
    renameSync(work, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return engine(folder)
}

function compileEngine({ sources, compilerOf, objects }, compiler, compile) {
  const common = ['-w', '-D_GNU_SOURCE', '-DNDEBUG', '-funsigned-char']
  const files = [...ENGINE_FILES, 'qjsc.c', 'quickjs-libc.c'].map((file) => join(sources, file))
  run('gcc', ['-O0', ...common, '-o', compilerOf, ...files, '-lm', '-lpthread', '-ldl'])
  for (const [index, file] of ENGINE_FILES.entries()) {
    run(compiler, [...compile, ...common, '-Dgettimeofday=no_clock', '-c', join(sources, file), '-o', objects[index]])
  }
}
