import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { chooseKernels } from './kernels.ts'

// npm run test:kernels -- [KERNEL…]: builds what is missing, and runs the table on those kernels, or on all.

const ROOT = join(import.meta.dirname, '../..')
const names = process.argv.slice(2)

/** Runs a script of Node's; if it fails, ends in the same way. */
function runNode(...args: readonly string[]): void {
  const env = { ...process.env, KERNELS: names.join(' ') }
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const kernels = chooseKernels(names)
if (kernels.some(({ arch }) => arch === 'amd64')) {
  runNode('build.mjs')
  runNode('build.mjs', '--native')
}
if (kernels.some(({ arch }) => arch === 'arm64')) runNode('build.mjs', '--native', '--arch', 'arm64')
runNode('node_modules/vitest/vitest.mjs', 'run', '--config', 'test/kernels/vitest.config.ts')
