import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../helpers/netns.ts'
import { ARCHIVES, DIST, unpack } from './archives.ts'

const ROOT = join(DIST, '..')

/** On a loaded machine; on a quiet one two minutes. */
const BUILD_MS = 900_000

describe('in another folder, by another user of another language, comes the same, byte for byte:', () => {
  const other = copyProject()
  afterAll(() => rmSync(other, { recursive: true, force: true }))

  test.each(ARCHIVES)('$name', { timeout: BUILD_MS }, (archive) => {
    const folder = unpack(archive)
    try {
      const { engine, arch } = archive
      const env = { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8', HOME: other, TMPDIR: other, UNKNOWN: 'x'.repeat(10_000) }
      const options = [...(engine === 'native' ? ['--native'] : []), '--arch', arch, '--out', 'out/deep/another-name']
      const built = spawnSync('node', ['build.mjs', ...options], { cwd: other, env: { ...process.env, ...env } })
      expect(built.status, String(built.stderr)).toBe(0)
      const [one, two] = [join(folder, 'netns-sysctl'), join(other, 'out/deep/another-name')]
      expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** All files of the project, and its packages by hard links. The content of Debian's packages comes from this folder. */
function copyProject(): string {
  const folder = mkdtempSync(join(DIST, 'a-folder-with-a-longer-name-'))
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = run(['git', '-C', ROOT, ...list]).stdout.split('\0')
  for (const file of files.filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(ROOT, file), join(folder, file))
  }
  run(['cp', '--archive', '--link', join(ROOT, 'node_modules'), folder])
  // Not the compiled engine, which is built again.
  const packages = readdirSync(join(DIST, 'quickjs')).filter((name) => !name.startsWith('engine-'))
  for (const name of packages) {
    cpSync(join(DIST, 'quickjs', name), join(folder, 'dist/quickjs', name), { recursive: true, verbatimSymlinks: true })
  }
  return folder
}
