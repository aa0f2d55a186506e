// The sources of QuickJS and the musl for the native build. Each is known by its checksum.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './command.mjs'
import { fetchOneOf } from './packages.mjs'

/**
 * quickjs-ng as packaged by Debian; every test passes with each version. The first available one is taken. `files` is
 * the checksum of its content, see digestOf().
 */
const ENGINES = [
  {
    name: 'qjs-src',
    version: '0.16.2-2~bpo13+1',
    suites: ['trixie-backports'],
    sha256: 'b857c3e1db25f0ea57195c781d6c6ae24b45bb9740af39514e2b0abc9dd15bef',
    sha1: '349eb88a6f802d49c57a4f78b6419d08c3addeb1',
    files: '787320872cd50e9232320fc53ff2edd65a3f55a9144233d79b17ede746b24ef9',
  },
  {
    name: 'qjs-src',
    version: '0.17.0-1',
    suites: ['forky', 'sid'],
    sha256: '04631979bdadaccffd76c1cb0aff5d07389aa889a90b6a902eba858a3a3b3988',
    sha1: '4c8cd4424cda5bfa4f16c6274ffe767a57b2e14e',
    files: '8c88c4d88e596747fa45eb1b46a6a573b4fb06440206dc321a3256899a573f4b',
  },
]

/** 0.16.2 with its own tables of Unicode, not Debian's. The archive's own checksum may change; that of its files does not. */
const UPSTREAM = {
  name: 'quickjs-ng',
  version: '0.16.2',
  url: 'https://github.com/quickjs-ng/quickjs/archive/refs/tags/v0.16.2.tar.gz',
  files: '4e9418bd3672de7aa3b6da3c14d9937dd1b7a87e711bcceade32615efe56abeb',
}

/** musl for arm64: Debian has no cross package for it. */
const MUSLS = [
  {
    name: 'musl-dev',
    version: '1.2.5-3.1~deb13u1',
    suites: ['trixie'],
    sha256: '384ea029e3694baac696d3993d93246f9a4b3741c493697e1ceb7256d8820748',
    sha1: 'e0c0f9fdda5053d869b1fd8ba27f7f926a79499e',
    arch: 'arm64',
  },
]

/**
 * The folder of QuickJS's sources, their name and version, and the files' checksum. They come from QUICKJS_SRC=FOLDER, from
 * `cache`, or from the network; with QUICKJS_VERSION=0.17 only that version is taken.
 */
export function prepareSources(cache, { QUICKJS_SRC: given, QUICKJS_VERSION: wanted = '' } = process.env) {
  const known = [...ENGINES, UPSTREAM].filter(({ version }) => version.startsWith(wanted))
  const versions = [...ENGINES, UPSTREAM].map(({ version }) => version).join(', ')
  if (known.length === 0) fail(`QUICKJS_VERSION=${wanted} is not one of ${versions}`)
  const folder = given ?? join(fetchOneOf(known, 'QUICKJS_SRC', cache), 'usr/src/quickjs-ng')
  const files = digestOf(folder)
  const found = known.find((each) => each.files === files)
  if (found === undefined) fail(`${folder}: these sources of QuickJS are not one of ${versions}: ${files}`)
  return { folder, name: found.name, version: found.version, files }
}

/** The folder of musl for arm64: MUSL_ARM64=FOLDER, or in `cache`. */
export function prepareMusl(cache) {
  return process.env.MUSL_ARM64 ?? fetchOneOf(MUSLS, 'MUSL_ARM64', cache)
}

/** The SHA-256 of all C files, one after the other in the order of their names. */
function digestOf(folder) {
  if (!existsSync(folder)) fail(`there is no folder ${folder}`)
  const hash = createHash('sha256')
  const names = readdirSync(folder).filter((name) => /\.[ch]$/.test(name))
  for (const name of names.sort()) hash.update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}
