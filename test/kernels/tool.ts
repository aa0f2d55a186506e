import { spawnSync } from 'node:child_process'

/** The packages of Debian that have the tools. */
const PACKAGES: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'apt-cache': 'apt',
  'dpkg-deb': 'dpkg',
  ldd: 'libc-bin',
  xz: 'xz-utils',
}

/** The output of a tool. Throws if it fails, and if it is missing, with the package to install. */
export function runTool(tool: string, args: readonly string[], cwd = '.'): Buffer {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd, maxBuffer: 1 << 28 })
  if (error !== undefined) throw new Error(`${tool} cannot be run: install the package ${PACKAGES[tool] ?? tool}`)
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')} failed: ${stderr.toString().trim()}`)
  return stdout
}
