import { chmodSync, copyFileSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createImage } from './image.ts'
import { SANDBOX_MARK } from './sandbox.ts'

const BIN_DIR = '/opt/cni/bin'

/** Debian's packages, by a file that each has. */
const PACKAGES = {
  '/usr/bin/podman': 'podman',
  '/usr/bin/containerd': 'containerd',
  '/usr/sbin/runc': 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  '/bin/busybox': 'busybox-static',
  '/usr/sbin/iptables': 'iptables',
  '/usr/bin/jq': 'jq',
}

/** Installs the plugin that is tested beside the main plugins, as on a node, and makes the image that containers run. */
export function setup(): void {
  const plugin = process.env.TEST_PLUGIN
  if (!existsSync(SANDBOX_MARK) || plugin === undefined) {
    throw new Error('these tests are run by: npm run test:runtimes')
  }
  const missing = Object.entries(PACKAGES).flatMap(([file, name]) => (existsSync(file) ? [] : [name]))
  if (missing.length > 0) throw new Error(`a package is missing: apt-get install ${missing.join(' ')}`)
  for (const name of ['bridge', 'host-local', 'loopback']) symlinkSync(`/usr/lib/cni/${name}`, join(BIN_DIR, name))
  copyFileSync(plugin, join(BIN_DIR, 'netns-sysctl'))
  chmodSync(join(BIN_DIR, 'netns-sysctl'), 0o755)
  createImage()
}
