// Bundles plugin/node.ts with esbuild and packs it with pkg: node build.mjs [--arch x64|arm64] [--out FILE]
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const require = createRequire(import.meta.url)
const root = import.meta.dirname
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

const ARCHITECTURES = { x64: 'x86-64', arm64: 'AArch64' }

const { values: options } = parseArgs({
  options: {
    arch: { type: 'string', default: process.arch },
    entry: { type: 'string', default: 'plugin/node.ts' },
    out: { type: 'string' },
  },
})
if (!(options.arch in ARCHITECTURES)) fail(`--arch ${options.arch}: must be ${Object.keys(ARCHITECTURES).join(' or ')}`)
const suffix = options.arch === process.arch ? '' : `-${options.arch}`
const output = join(root, options.out ?? `dist/netns-sysctl${suffix}`)

const work = mkdtempSync(join(tmpdir(), 'netns-sysctl-build-'))
try {
  checkTypes()
  const bundle = await bundlePlugin()
  const node = stripped(nodeOf(options.arch))
  await pack(bundle, node)
  report()
} finally {
  rmSync(work, { recursive: true, force: true })
}

function checkTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '--project', root], { stdio: 'inherit' })
  if (status !== 0) fail('the types do not fit')
}

async function bundlePlugin() {
  const outfile = join(work, 'netns-sysctl.cjs')
  await build({
    absWorkingDir: root,
    entryPoints: [options.entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    define: { PLUGIN_VERSION: JSON.stringify(readJson('package.json').version) },
  })
  return outfile
}

// The Node that goes into the executable: the one npm has installed, or for another architecture the npm package.
function nodeOf(arch) {
  const name = `node-linux-${arch}`
  const installed = join(root, 'node_modules', name, 'bin/node')
  if (existsSync(installed)) return installed
  const { version, integrity } = readJson('package-lock.json').packages[`node_modules/${name}`]
  console.log(`fetching ${name} ${version} from the npm registry`)
  execFileSync('npm', ['pack', '--silent', `${name}@${version}`, '--pack-destination', work], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const tarball = join(work, `${name}-${version}.tgz`)
  const digest = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (digest !== integrity) fail(`${name} ${version} is not what package-lock.json has: ${digest}, not ${integrity}`)
  execFileSync('tar', ['-xzf', tarball, '-C', work, 'package/bin/node'])
  return join(work, 'package/bin/node')
}

// Without its symbols Node is 33 MB smaller and starts no slower; where binutils are missing it stays as it is.
function stripped(node) {
  const copy = join(work, 'node')
  cpSync(node, copy)
  const tool = { x64: 'x86_64-linux-gnu-strip', arm64: 'aarch64-linux-gnu-strip' }[options.arch]
  for (const strip of [tool, ...(options.arch === process.arch ? ['strip'] : [])]) {
    try {
      execFileSync(strip, [copy], { stdio: 'ignore' })
      return copy
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  console.log('strip is not installed (package binutils): the executable will be about 33 MB larger')
  return copy
}

// pkg's simple SEA mode, called below its command line: that one would download a Node, and has no way to give execArgv.
async function pack(bundle, nodePath) {
  const { default: sea } = require('@yao-pkg/pkg/lib-es5/sea.js')
  mkdirSync(join(root, 'dist'), { recursive: true })
  rmSync(output, { force: true })
  await sea(bundle, {
    nodePath,
    targets: [{ nodeRange: 'node26', platform: 'linux', arch: options.arch, output }],
    seaConfig: {
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      execArgv: ['--disable-warning=ExperimentalWarning', '--no-rehash-snapshot'],
    },
  })
  chmodSync(output, 0o755)
}

function report() {
  const megabytes = (statSync(output).size / 1e6).toFixed(1)
  const digest = createHash('sha256').update(readFileSync(output)).digest('hex')
  console.log(`dist/${basename(output)}  linux ${ARCHITECTURES[options.arch]}  ${megabytes} MB\nsha256 ${digest}`)
}

function fail(message) {
  console.error(`build.mjs: ${message}`)
  process.exit(1)
}
