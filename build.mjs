// Bundles plugin/node.ts with esbuild and packs it with pkg: node build.mjs [--arch x64|arm64] [--out FILE]
// Or compiles plugin/quickjs.ts with the QuickJS engine: node build.mjs --native [--sanitize] [--arch …] [--out FILE]
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { buildNative } from './plugin/os/quickjs-build.mjs'
import { NativeBuildError } from './plugin/os/quickjs-packages.mjs'

const require = createRequire(import.meta.url)
const root = import.meta.dirname
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

const ARCHITECTURES = {
  x64: { name: 'amd64', gnu: 'x86_64-linux-gnu' },
  arm64: { name: 'arm64', gnu: 'aarch64-linux-gnu' },
}

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
  if (!(error instanceof BuildError || error instanceof NativeBuildError)) throw error
  console.error(`build.mjs: ${error.message}`)
  process.exitCode = 1
}

async function main() {
  if (!(options.arch in ARCHITECTURES))
    fail(`--arch ${options.arch}: must be ${Object.keys(ARCHITECTURES).join(' or ')}`)
  if (Number.parseInt(process.versions.node, 10) < 26) {
    fail(`this is Node ${process.version}; run it by npm (npm run build), and where npm did, run npm rebuild first`)
  }
  checkTypes()
  const foreign = options.arch === process.arch ? '' : `-${options.arch}`
  if (options.native && foreign === '-x64') fail('--native compiles for arm64 on x64, not the other way round')
  if (options.sanitize && foreign !== '') fail('--sanitize compiles for the machine that it runs on')
  const suffix = (options.native ? '-native' : '') + foreign
  const output = join(root, options.out ?? `dist/netns-sysctl${suffix}`)
  mkdirSync(dirname(output), { recursive: true })
  // Beside the output, so that the finished executable takes its place by a rename, also while it runs.
  const work = mkdtempSync(join(dirname(output), '.build-'))
  try {
    if (options.native) {
      await makeNative(work, join(work, 'packed'))
    } else {
      await makePacked(work, join(work, 'packed'))
    }
    renameSync(join(work, 'packed'), output)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  report(output)
}

function checkTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '--project', root], { stdio: 'inherit' })
  if (status !== 0) fail('the types do not fit')
}

async function makePacked(work, output) {
  const engine = { platform: 'node', target: 'node26', format: 'cjs' }
  const bundle = await bundlePlugin(options.entry ?? 'plugin/node.ts', join(work, 'netns-sysctl.cjs'), engine)
  fillPkgCache(work, options.arch)
  await pack(bundle, options.arch, output)
}

async function makeNative(work, output) {
  const engine = { platform: 'neutral', target: 'es2022', format: 'iife' }
  const bundle = await bundlePlugin(options.entry ?? 'plugin/quickjs.ts', join(work, 'netns-sysctl.js'), engine)
  const kind = options.sanitize ? 'sanitize' : 'release'
  buildNative({ bundle, output, cache: join(root, 'dist/quickjs'), kind, arch: options.arch })
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

// The Node that goes into the executable: the one npm has installed, or for another architecture the npm package.
function nodeOf(work, arch) {
  const name = `node-linux-${arch}`
  const installed = join(root, 'node_modules', name, 'bin/node')
  if (existsSync(installed)) return installed
  const { version, integrity } = readJson('package-lock.json').packages[`node_modules/${name}`]
  console.log(`fetching ${name} ${version} from the npm registry`)
  const packArgs = ['pack', '--silent', `${name}@${version}`, '--pack-destination', work]
  execFileSync('npm', packArgs, { stdio: ['ignore', 'ignore', 'inherit'] })
  const tarball = join(work, `${name}-${version}.tgz`)
  const digest = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (digest !== integrity) fail(`${name} ${version} is not what package-lock.json has: ${digest}, not ${integrity}`)
  execFileSync('tar', ['-xzf', tarball, '-C', work, 'package/bin/node'])
  return join(work, 'package/bin/node')
}

// pkg looks for the Nodes it has downloaded below HOME. It gets a HOME with the one from npm, without its symbols:
// that is 33 MB smaller and starts no slower.
function fillPkgCache(work, arch) {
  const name = `node-${process.version}-linux-${arch}`
  const cache = join(work, '.pkg-cache/sea')
  const node = join(cache, name, 'bin/node')
  mkdirSync(dirname(node), { recursive: true })
  cpSync(nodeOf(work, arch), node)
  strip(node, arch)
  for (const marker of [`${name}.tar.gz`, `${name}.tar.gz.ok`, `${name}/bin/node.ok`])
    writeFileSync(join(cache, marker), '')
  process.env.HOME = work
}

function strip(file, arch) {
  const tools = [`${ARCHITECTURES[arch].gnu}-strip`, ...(arch === process.arch ? ['strip'] : [])]
  const done = tools.some((tool) => {
    const { status, error } = spawnSync(tool, [file], { stdio: 'inherit' })
    if (error === undefined && status !== 0) fail(`${tool} failed`)
    return error === undefined
  })
  if (!done) console.log(`${tools[0]} is not installed (package binutils): the executable will be 33 MB larger`)
}

// pkg's simple SEA mode, called below its command line, which cannot pass execArgv on to Node.
async function pack(bundle, arch, output) {
  const { default: sea } = require('@yao-pkg/pkg/lib-es5/sea.js')
  await sea(bundle, {
    targets: [{ nodeRange: `node${process.versions.node}`, platform: 'linux', arch, output }],
    seaConfig: {
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      execArgv: ['--disable-warning=ExperimentalWarning', '--no-rehash-snapshot'],
      // The plugin inherits the runtime's environment; its NODE_OPTIONS are not meant for it.
      execArgvExtension: 'none',
    },
  })
  chmodSync(output, 0o755)
}

function report(output) {
  const megabytes = (statSync(output).size / 1e6).toFixed(1)
  const digest = createHash('sha256').update(readFileSync(output)).digest('hex')
  console.log(`${relative(root, output)}  linux/${ARCHITECTURES[options.arch].name}  ${megabytes} MB\nsha256 ${digest}`)
}

function fail(message) {
  throw new BuildError(message)
}
