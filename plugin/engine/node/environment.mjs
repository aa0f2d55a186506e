// The plugin runs as root with the environment of its caller. Node and its libraries act on these variables
// before the first line of a script, and no flag stops that.

/** They load a provider of OpenSSL, end Node with code 9, make folders, or crash ICU with a path as locale. */
const READ_BY_MACHINE_CODE = [
  'OPENSSL_CONF',
  'OPENSSL_MODULES',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_COMPILE_CACHE',
  'NODE_DEBUG_NATIVE',
  'LC_ALL',
  'LC_MESSAGES',
  'LANG',
]

/** It names a parent's descriptor, and a value that is not a number ends Node. The name is in V8's snapshot. */
const READ_BY_SCRIPTS = ['NODE_CHANNEL_FD']

/**
 * The executable of a Node that does not find these variables: the first byte of each name becomes 0, and getenv(3)
 * finds nothing for an empty name. Throws an Error if a name is not in it.
 */
export function closeEnvironment(executable) {
  for (const name of [...READ_BY_MACHINE_CODE, ...READ_BY_SCRIPTS]) {
    const isWanted = READ_BY_SCRIPTS.includes(name) ? isInSnapshot : isConstant
    const places = findAll(executable, Buffer.from(`${name}\0`)).filter((at) => isWanted(executable, at, name))
    if (places.length === 0) throw new Error(`${name} is not in this Node: see plugin/engine/node/environment.mjs`)
    for (const at of places) executable[at] = 0
  }
  return executable
}

function findAll(executable, text) {
  const places = []
  for (let at = executable.indexOf(text); at >= 0; at = executable.indexOf(text, at + 1)) places.push(at)
  return places
}

/** V8 keeps the length of a text before it. */
function isInSnapshot(executable, at, name) {
  return executable.readUInt32LE(at - 4) === name.length
}

/** A C text that is not the end of another one. An exception is LANG, which a linker stores as the end of CLANG. */
function isConstant(executable, at, name) {
  const isWhole = executable[at - 1] === 0 || executable.toString('latin1', at - 2, at) === '\0C'
  return isWhole && !isInSnapshot(executable, at, name)
}
