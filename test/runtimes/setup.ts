import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createImage } from './image.ts'
import { SANDBOX_MARK } from './sandbox.ts'

const BIN_DIR = '/opt/cni/bin'

const REQUIREMENTS = join(import.meta.dirname, '../../.ci/requirements.mjs')

/** Installs the plugin that is tested beside the main plugins, as on a node, and makes the image that containers run. */
export function setup(): void {
  const plugin = process.env.TEST_PLUGIN
  if (!existsSync(SANDBOX_MARK) || plugin === undefined) {
    throw new Error('these tests are run by: npm run test:runtimes')
  }
  const { status, stderr } = spawnSync(process.execPath, [REQUIREMENTS, 'test:runtimes'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.trim())
  for (const name of ['bridge', 'ptp', 'host-local', 'loopback'])
    symlinkSync(`/usr/lib/cni/${name}`, join(BIN_DIR, name))
  copyFileSync(plugin, join(BIN_DIR, 'netns-sysctl'))
  chmodSync(join(BIN_DIR, 'netns-sysctl'), 0o755)
  createImage()
}
