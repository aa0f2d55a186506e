import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../helpers/netns.ts'

const MIRROR = join(import.meta.dirname, '../../plugin/engine/quickjs/mirror.mjs')
const ASK = `
  const { debianMirror } = await import(process.argv[1])
  try {
    console.log(debianMirror(process.argv[2]))
  } catch (error) {
    console.log(error.message)
  }`

const folder = mkdtempSync(join(tmpdir(), 'mirror-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The mirror of a suite, where `apt-get indextargets` prints these lines. */
function mirrorOf(suite: string, lines: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`, { mode: 0o755 })
  const usual = { PATH: `${folder}:${process.env.PATH}`, DEBIAN_MIRROR: undefined }
  const command = [process.execPath, '--input-type=module', '--eval', ASK, MIRROR, suite] as const
  return run(command, { env: { ...usual, ...env } }).stdout.trimEnd()
}

const NONE = 'apt has no mirror of Debian here; give one as DEBIAN_MIRROR=URL'
const MAIN = 'Debian|Debian|http://ftp.example.org/pub/linux/'
const BACKPORTS = 'Debian|Debian Backports|http://backports.example.org/debian/'
const SECURITY = 'Debian|Debian-Security|https://updates.example.org/'
const OTHER = 'Docker|Docker CE|https://download.example.org/linux/debian/'

describe('the mirror of Debian', () => {
  test.each([
    [
      'by what its release file says, whatever its path',
      'trixie',
      [OTHER, BACKPORTS, MAIN],
      'http://ftp.example.org/pub/linux/',
    ],
    ['of a security suite', 'bookworm-security', [MAIN, SECURITY], 'https://updates.example.org/'],
    [
      'of a security suite that apt does not have: beside the other',
      'bookworm-security',
      ['Debian|Debian|http://deb.example.org/debian'],
      'http://deb.example.org/debian-security',
    ],
    [
      'by its path, where apt has no release file yet',
      'sid',
      ['||http://deb.example.org/debian/'],
      'http://deb.example.org/debian/',
    ],
    ['none on Ubuntu', 'sid', ['Ubuntu|Ubuntu|http://archive.example.org/ubuntu/'], NONE],
    ['none where apt knows nothing', 'sid', [], NONE],
  ])('%s', (_, suite, lines, mirror) => {
    expect(mirrorOf(suite, lines)).toBe(mirror)
  })

  test("the first of a cloud image's list of mirrors", () => {
    const list = join(folder, 'debian.list')
    writeFileSync(list, '# of the cloud\nhttps://deb.example.org/debian\tpriority:1\nhttp://other.example.org/debian\n')
    expect(mirrorOf('trixie', [`Debian|Debian|mirror+file:${list}/`])).toBe('https://deb.example.org/debian')
  })

  test('DEBIAN_MIRROR takes the place of all', () => {
    const env = { DEBIAN_MIRROR: 'http://given.example.org/debian' }
    expect(mirrorOf('trixie', [MAIN], env)).toBe('http://given.example.org/debian')
    expect(mirrorOf('trixie-security', [MAIN, SECURITY], env)).toBe('http://given.example.org/debian-security')
  })
})
