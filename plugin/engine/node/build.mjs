// Packs a bundled script and Node into one executable, by pkg.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { align, isRunnable, pad, runNode, train } from './bytecode.mjs'
import { acceptFlags } from './code-cache.mjs'
import { closeEnvironment } from './environment.mjs'
import { fail } from './pack-error.mjs'

const require = createRequire(import.meta.url)
const root = join(import.meta.dirname, '../../..')

/** The host names of GNU's tools. */
const GNU = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

// These shorten the start of a process that lives for 20 ms: a snapshot's strings are not hashed again, and no function is
// compiled a second time, to machine code.
const FLAGS = ['--disable-warning=ExperimentalWarning', '--no-rehash-snapshot', '--no-sparkplug']

/** Packs `main`, `assets` (files by their names) and the Node of `arch` into `output`. `work` is an empty folder. */
export async function packNode({ main, assets = {}, arch, work, output }) {
  const node = fillPkgCache(work, arch)
  if (!isRunnable(arch, node)) return pack(main, assets, arch, output)
  keepCodeCache(node, arch)
  if (!('runtime.js' in assets)) return pack(main, assets, arch, output)
  const bytecode = train([node, ...FLAGS], assets['runtime.js'], arch, work)
  const asset = join(work, 'runtime.padded')
  writeFileSync(asset, pad(bytecode))
  await pack(main, { ...assets, 'runtime.bytecode': asset }, arch, output)
  align(output, bytecode)
}

/** None of FLAGS changes bytecode. */
function keepCodeCache(node, arch) {
  const write = (flags) => runNode(arch, [node, ...flags, '--eval', WRITE_BYTECODE]).stdout
  writeFileSync(node, acceptFlags(readFileSync(node), write([]), write(FLAGS)))
}

const WRITE_BYTECODE = "fs.writeSync(1, new vm.Script('1').createCachedData())"

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
