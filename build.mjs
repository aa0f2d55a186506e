// Bundles plugin/node.ts with esbuild and packs it with pkg: node build.mjs [--arch x64|arm64] [--out FILE]
// Or compiles plugin/quickjs.ts and quickjs-operator.ts with the QuickJS engine:
// node build.mjs --native [--sanitize] [--arch …] [--out FILE]
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { packNode } from './plugin/engine/node/build.mjs'
import { PackError } from './plugin/engine/node/pack-error.mjs'
import { buildNative } from './plugin/engine/quickjs/build.mjs'
import { NativeBuildError } from './plugin/engine/quickjs/command.mjs'

const root = import.meta.dirname
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

/** As releases name them. */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' }

class BuildError extends Error {}

const { values: options } = parseArgs({
  options: {
    arch: { type: 'string', default: process.arch },
    entry: { type: 'string' },
    native: { type: 'boolean', default: false },
    sanitize: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})

try {
  await main()
} catch (error) {
  if (![BuildError, PackError, NativeBuildError].some((kind) => error instanceof kind)) throw error
  console.error(`build.mjs: ${error.message}`)
  process.exitCode = 1
}

async function main() {
  if (!(options.arch in ARCHITECTURES))
    fail(`--arch ${options.arch}: must be ${Object.keys(ARCHITECTURES).join(' or ')}`)
  if (Number.parseInt(process.versions.node, 10) < 26) {
    fail(`this is Node ${process.version}; run it by npm (npm run build), and where npm did, run npm rebuild first`)
  }
  const foreign = options.arch === process.arch ? '' : `-${options.arch}`
  if (options.native && foreign === '-x64') fail('--native compiles for arm64 on x64, not the other way round')
  if (options.sanitize && foreign !== '') fail('--sanitize compiles for the machine that it runs on')
  const suffix = (options.native ? '-native' : '') + foreign
  const output = join(root, options.out ?? `dist/netns-sysctl${suffix}`)
  mkdirSync(dirname(output), { recursive: true })
  // Beside the output, so that the finished executable takes its place by a rename, also while it runs.
  const work = mkdtempSync(join(dirname(output), '.build-'))
  try {
    const hasRightTypes = checkTypes()
    const make = options.native ? makeNative : makePacked
    await make(work, join(work, 'packed'))
    if (!(await hasRightTypes)) fail('the types do not fit')
    renameSync(join(work, 'packed'), output)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  report(output)
}

/** Whether they fit; in a process of its own, beside what is made. */
async function checkTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const [status] = await once(spawn(process.execPath, [tsc, '--project', root], { stdio: 'inherit' }), 'close')
  return status === 0
}

async function makePacked(work, output) {
  const engine = { platform: 'node', target: 'node26', format: 'cjs' }
  const bundleTo = (name, entry, more) => bundlePlugin(entry, join(work, `${name}.js`), { ...engine, ...more })
  const packed = { arch: options.arch, work, output }
  if (options.entry !== undefined) return packNode({ main: await bundleTo('main', options.entry), ...packed })
  // Each is a function of require, for start.ts.
  const wrapped = { banner: { js: '((require)=>{' }, footer: { js: '})' } }
  const assets = {
    'runtime.js': await bundleTo('runtime', 'plugin/node.ts', wrapped),
    'operator.js': await bundleTo('operator', 'plugin/node-operator.ts', wrapped),
  }
  await packNode({ main: await bundleTo('start', 'plugin/engine/node/start.ts'), assets, ...packed })
}

async function makeNative(work, output) {
  const engine = { platform: 'neutral', target: 'es2022', format: 'iife' }
  const runtime = await bundlePlugin(options.entry ?? 'plugin/quickjs.ts', join(work, 'runtime.js'), engine)
  const operator = await bundlePlugin('plugin/quickjs-operator.ts', join(work, 'operator.js'), engine)
  const kind = options.sanitize ? 'sanitize' : 'release'
  buildNative({ runtime, operator, output, cache: join(root, 'dist/quickjs'), kind, arch: options.arch })
}

async function bundlePlugin(entry, outfile, engine) {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    ...engine,
    minify: true,
    legalComments: 'none',
    define: { PLUGIN_VERSION: JSON.stringify(readJson('package.json').version) },
  })
  return outfile
}

function report(output) {
  const megabytes = (statSync(output).size / 1e6).toFixed(1)
  const digest = createHash('sha256').update(readFileSync(output)).digest('hex')
  console.log(`${relative(root, output)}  linux/${ARCHITECTURES[options.arch]}  ${megabytes} MB\nsha256 ${digest}`)
}

function fail(message) {
  throw new BuildError(message)
}
