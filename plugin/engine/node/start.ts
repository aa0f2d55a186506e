// Not by `import`: with NODE_DEBUG set, the code for that writes to stderr.
const { getAssetKeys, getRawAsset } = process.getBuiltinModule('node:sea')
const { Script } = process.getBuiltinModule('node:vm')

/**
 * The start of the packed executable: a bundle, with the bytecode that V8 had in the build after it had run each
 * command (training.ts). Compiling each function at its first call would take 7 ms of 25; that happens if
 * there is no bytecode, or this V8 refuses it. Operators' commands are in a second bundle, chosen as in main().
 */
const [bundle, bytecode] = process.env.CNI_COMMAND ? ['runtime.js', 'runtime.bytecode'] : ['operator.js', '']
const source = Buffer.from(getRawAsset(bundle)).toString('latin1') // esbuild gives ASCII
const asset = getAssetKeys().includes(bytecode) ? Buffer.from(getRawAsset(bytecode)) : undefined
const cachedData = asset && align(asset)
new Script(source, { filename: 'netns-sysctl.js', cachedData }).runInThisContext()(process.getBuiltinModule)

/** Without its padding of 1 to 8 bytes: see bytecode.mjs. */
function align(asset: Buffer): Buffer {
  const padding = asset[0] as number
  return asset.subarray(padding, asset.length - 8 + padding)
}
