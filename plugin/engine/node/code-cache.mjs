// The bytecode of Node's own modules, which is in every Node's executable.
import { fail } from './pack-error.mjs'

/** How V8's bytecode starts: a magic number and V8's version, the length of the source, a hash of the flags (code-serializer.h). */
const VERSION_BYTES = 8
const FLAGS_HASH = { from: 12, to: 16 }

/** A Node has some 400 modules. */
const LEAST_MODULES = 100

/**
 * The executable of a Node whose own modules' bytecode is also accepted with other flags, which must not be flags that change
 * bytecode: V8 refuses all that was written with different ones, and each module is compiled again in each process. `usual`
 * and `wanted` are bytecode that this Node writes without flags and with them. Throws PackError if there is none in it.
 */
export function acceptFlags(executable, usual, wanted) {
  const version = usual.subarray(0, VERSION_BYTES)
  let modules = 0
  for (let at = executable.indexOf(version); at >= 0; at = executable.indexOf(version, at + 1)) {
    if (!flagsAt(executable, at).equals(flagsAt(usual, 0))) continue
    flagsAt(wanted, 0).copy(executable, at + FLAGS_HASH.from)
    modules++
  }
  if (modules < LEAST_MODULES)
    fail('the bytecode of its own modules is not in this Node: see plugin/engine/node/code-cache.mjs')
  return executable
}

const flagsAt = (bytes, at) => bytes.subarray(at + FLAGS_HASH.from, at + FLAGS_HASH.to)
