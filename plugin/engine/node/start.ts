// Not by `import`: what requires a module here writes to stderr where NODE_DEBUG is set.
const { getAssetKeys, getRawAsset } = process.getBuiltinModule('node:sea')
const { Script } = process.getBuiltinModule('node:vm')

/**
 * What the packed executable starts: a bundle, with the bytecode that V8 had of it in the build after it had done each
 * command (training.ts). Compiling each function at its first call would take 7 ms of 25; that is what happens where
 * there is no bytecode, or this V8 refuses it. What a person types is in a bundle of its own, and chosen as in main().
 */
const [bundle, bytecode] = process.env.CNI_COMMAND ? ['runtime.js', 'runtime.bytecode'] : ['operator.js', '']
const source = Buffer.from(getRawAsset(bundle)).toString('latin1') // esbuild gives ASCII
const cachedData = getAssetKeys().includes(bytecode) ? Buffer.from(getRawAsset(bytecode)) : undefined
new Script(source, { filename: 'netns-sysctl.js', cachedData }).runInThisContext()(process.getBuiltinModule)
