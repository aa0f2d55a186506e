// Packs a bundled script and Node into one executable, by pkg.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { closeEnvironment } from './environment.mjs'

const require = createRequire(import.meta.url)
const root = join(import.meta.dirname, '../../..')

/** The command that runs a Node of this architecture. */
const RUNNERS = {
  x64: [],
  arm64: process.arch === 'arm64' ? [] : ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
}

/** The host names of GNU's tools. */
const GNU = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

// These shorten the start of a process that lives for 20 ms: a snapshot's strings are not hashed again, and no function is
// compiled a second time, to machine code.
const FLAGS = ['--disable-warning=ExperimentalWarning', '--no-rehash-snapshot', '--no-sparkplug']

/** Bytes. */
const WORD = 8

export class PackError extends Error {}

/** Packs `main`, `assets` (files by their names) and the Node of `arch` into `output`. `work` is an empty folder. */
export async function packNode({ main, assets = {}, arch, work, output }) {
  const node = fillPkgCache(work, arch)
  const bytecode = 'runtime.js' in assets ? train(node, assets['runtime.js'], arch, work) : undefined
  if (bytecode === undefined) return pack(main, assets, arch, output)
  const asset = join(work, 'runtime.padded')
  writeFileSync(asset, pad(bytecode, WORD))
  await pack(main, { ...assets, 'runtime.bytecode': asset }, arch, output)
  align(output, bytecode)
}

/** V8 would copy bytecode that is not aligned. The first byte of the padding tells start.ts how long it is, of at most {@link WORD}. */
function align(executable, bytecode) {
  const at = readFileSync(executable).indexOf(pad(bytecode, WORD))
  if (at < 0) fail('the bytecode is not in the executable')
  const file = openSync(executable, 'r+')
  writeSync(file, pad(bytecode, WORD - (at % WORD)), 0, undefined, at)
  closeSync(file)
}

const pad = (bytes, padding) => Buffer.concat([Buffer.alloc(padding, padding), bytes])

/** The bytecode of the bundle, for start.ts; undefined if a Node of that architecture cannot be run here. */
function train(node, bundle, arch, work) {
  const bytecode = join(work, 'runtime.bytecode')
  const runNode = (...args) => {
    const [file, ...rest] = [...RUNNERS[arch], node, ...FLAGS, ...args]
    // Without NODE_OPTIONS, which could have other flags.
    return spawnSync(file, rest, { stdio: 'inherit', env: { PATH: process.env.PATH } }).status
  }
  if (RUNNERS[arch].length > 0 && runNode('--eval', '') !== 0) {
    console.log('without qemu-user-static and libc6-arm64-cross the executable will start 7 ms more slowly')
    return undefined
  }
  if (runNode(join(import.meta.dirname, 'training.ts'), bundle, join(work, 'training'), bytecode) !== 0)
    fail('the training failed')
  if (runNode('--eval', IS_ACCEPTED, bundle, bytecode) !== 0) fail('V8 refuses the bytecode that it has written')
  return readFileSync(bytecode)
}

/** In a process of its own, as start.ts is. */
const IS_ACCEPTED = `
  const [source, cachedData] = process.argv.slice(1).map((path) => fs.readFileSync(path))
  process.exitCode = new vm.Script(source.toString('latin1'), { cachedData }).cachedDataRejected ? 1 : 0`

// The Node that goes into the executable: the one npm has installed, or for another architecture the npm package.
function nodeOf(work, arch) {
  const name = `node-linux-${arch}`
  const installed = join(root, 'node_modules', name, 'bin/node')
  if (existsSync(installed)) return installed
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = packages[`node_modules/${name}`]
  console.log(`fetching ${name} ${version} from the npm registry`)
  const packArgs = ['pack', '--silent', `${name}@${version}`, '--pack-destination', work]
  execFileSync('npm', packArgs, { stdio: ['ignore', 'ignore', 'inherit'] })
  const tarball = join(work, `${name}-${version}.tgz`)
  const digest = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (digest !== integrity) fail(`${name} ${version} is not what package-lock.json has: ${digest}, not ${integrity}`)
  execFileSync('tar', ['-xzf', tarball, '-C', work, 'package/bin/node'])
  return join(work, 'package/bin/node')
}

// pkg looks for its downloaded Nodes below HOME, and works below TMPDIR. It gets a HOME with the Node from npm,
// without its symbols: that is 33 MB smaller and starts no slower.
function fillPkgCache(work, arch) {
  const name = `node-${process.version}-linux-${arch}`
  const cache = join(work, '.pkg-cache/sea')
  const node = join(cache, name, 'bin/node')
  mkdirSync(dirname(node), { recursive: true })
  cpSync(nodeOf(work, arch), node)
  strip(node, arch)
  writeFileSync(node, closeEnvironment(readFileSync(node)))
  for (const marker of [`${name}.tar.gz`, `${name}.tar.gz.ok`, `${name}/bin/node.ok`])
    writeFileSync(join(cache, marker), '')
  process.env.HOME = work
  process.env.TMPDIR = work
  return node
}

function strip(file, arch) {
  const tools = [`${GNU[arch]}-strip`, ...(arch === process.arch ? ['strip'] : [])]
  const done = tools.some((tool) => {
    const { status, error } = spawnSync(tool, [file], { stdio: 'inherit' })
    if (error === undefined && status !== 0) fail(`${tool} failed`)
    return error === undefined
  })
  if (!done) console.log(`${tools[0]} is not installed (package binutils): the executable will be 33 MB larger`)
}

// pkg's simple SEA mode, called below its command line, which cannot pass execArgv on to Node.
async function pack(main, assets, arch, output) {
  const { default: sea } = require('@yao-pkg/pkg/lib-es5/sea.js')
  await sea(main, {
    targets: [{ nodeRange: `node${process.versions.node}`, platform: 'linux', arch, output }],
    seaConfig: {
      // Relative to pkg's folder. The executable contains the path, which must not depend on the folder of the build.
      main: `../${basename(main)}`,
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      assets,
      execArgv: FLAGS,
      // The plugin inherits the runtime's environment; its NODE_OPTIONS are not meant for it.
      execArgvExtension: 'none',
    },
  })
  chmodSync(output, 0o755)
}

function fail(message) {
  throw new PackError(message)
}
