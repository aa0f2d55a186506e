// Prints what an executable has of others, as CycloneDX 1.5: node .ci/sbom.mjs node|native x64|arm64 META
// META is esbuild's metafile of the bundles. npm says what it knows of each package (npm sbom); what else is in the
// executable is added, and what only builds it is left out. The same executable gives the same text.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareMusl, prepareSources } from '../plugin/engine/quickjs/sources.mjs'

const ROOT = join(fileURLToPath(import.meta.url), '../..')
const CACHE = join(ROOT, 'dist/quickjs')

/** The npm that comes with Debian has no `npm sbom`. */
const NPM = 'npm@10.8.2'

/** Versions of interfaces and of data, and Node.js itself. */
const NOT_PARTS = ['node', 'modules', 'napi', 'cldr', 'tz', 'unicode']

const MUSL_LIBRARY = {
  x64: 'usr/lib/x86_64-linux-musl/libc.a',
  arm64: 'usr/lib/aarch64-linux-musl/libc.a',
}

const [engine, arch, meta] = process.argv.slice(2)
const bom = askNpm()
const used = packagesIn(meta)
const parts = engine === 'native' ? [quickjs(), musl()] : [nodeJs()]
const bundled = bom.components.filter(({ name }) => used.has(name)).map((component) => required(component))
const components = [...bundled, ...parts]
const { component: own } = bom.metadata
console.log(
  JSON.stringify(
    {
      $schema: bom.$schema,
      bomFormat: bom.bomFormat,
      specVersion: bom.specVersion,
      version: 1,
      metadata: {
        lifecycles: bom.metadata.lifecycles,
        tools: bom.metadata.tools,
        component: { ...own, type: 'application', name: engine === 'native' ? 'netns-sysctl-native' : 'netns-sysctl' },
      },
      components,
      dependencies: [{ ref: own['bom-ref'], dependsOn: components.map((component) => component['bom-ref']) }],
    },
    undefined,
    2,
  ),
)

function askNpm() {
  const args = ['--yes', '--silent', NPM, 'sbom', '--sbom-format', 'cyclonedx']
  return JSON.parse(execFileSync('npx', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }))
}

/** The npm packages that something of is in the bundles. */
function packagesIn(file) {
  const { inputs } = JSON.parse(readFileSync(file, 'utf8'))
  const names = Object.keys(inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  return new Set(names.filter((name) => name !== undefined))
}

/** npm calls what is needed to build optional. */
function required({ properties, ...component }) {
  return { ...component, scope: 'required' }
}

/** With what is in Node.js itself. */
function nodeJs() {
  const name = `node-linux-${arch}`
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const { version, integrity } = packages[`node_modules/${name}`]
  const inside = Object.entries(process.versions).filter(([part, of]) => of !== '' && !NOT_PARTS.includes(part))
  return {
    'bom-ref': `${name}@${version}`,
    type: 'platform',
    name,
    version,
    scope: 'required',
    purl: `pkg:npm/${name}@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') }],
    licenses: [{ license: { id: 'MIT' } }],
    components: inside.map(([part, of]) => ({
      'bom-ref': `${name}@${version}/${part}@${of}`,
      type: 'library',
      name: part,
      version: of,
      purl: `pkg:generic/${part}@${encodeURIComponent(of)}`,
    })),
  }
}

function quickjs() {
  const { name, version, files } = prepareSources(CACHE)
  const component = debian(name, version, [{ alg: 'SHA-256', content: files }], 'arch=all')
  return name === 'qjs-src' ? component : { ...component, purl: `pkg:github/quickjs-ng/quickjs@v${version}` }
}

/** For x64 it is this machine's, in the package musl-dev. */
function musl() {
  const archive = join(arch === 'arm64' ? prepareMusl(CACHE) : '/', MUSL_LIBRARY[arch])
  const content = createHash('sha256').update(readFileSync(archive)).digest('hex')
  const version = arch === 'arm64' ? muslVersion() : installedVersion('musl-dev')
  return debian('musl-dev', version, [{ alg: 'SHA-256', content }], `arch=${arch === 'arm64' ? 'arm64' : 'amd64'}`)
}

/** The hash is that of the files that are compiled or linked. */
function debian(name, version, hashes, qualifier) {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?${qualifier}`
  const ref = `${name}@${version}`
  return {
    'bom-ref': ref,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl,
    hashes,
    licenses: [{ license: { id: 'MIT' } }],
  }
}

function muslVersion() {
  return /musl-dev-(.+)$/.exec(prepareMusl(CACHE))?.[1] ?? 'unknown'
}

function installedVersion(name) {
  return /^Version: (.*)$/m.exec(execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8' }))?.[1]
}
