import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNetns, type Netns } from '../helpers/netns.ts'

const SOURCES = join(import.meta.dirname, '../../plugin/engine/quickjs/sources.mjs')
const PREPARE = `
  const { prepareSources } = await import(process.argv[1])
  try {
    console.log(prepareSources(process.argv[2]))
  } catch (error) {
    if (error.constructor.name !== 'NativeBuildError') throw error
    console.error(error.message)
    process.exitCode = 1
  }`

const folder = mkdtempSync(join(tmpdir(), 'sources-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Has no network. */
let netns: Netns
beforeAll(async () => {
  netns = await createNetns()
})
afterAll(() => netns.close())

/** An apt-get that has no lists, and finds no package, at once. */
const APT = `#!/bin/sh\n[ "$1" = indextargets ] && exit\necho 'E: Unable to locate package qjs-src' >&2\nexit 100\n`
writeFileSync(join(folder, 'apt-get'), APT, { mode: 0o755 })

function prepare(changes: NodeJS.ProcessEnv) {
  const command = [process.execPath, '--input-type=module', '--eval', PREPARE, SOURCES, join(folder, 'cache')] as const
  const PATH = `${folder}:${process.env.PATH}`
  const usual = {
    PATH,
    DEBIAN_MIRROR: 'http://mirror.invalid/debian',
    QUICKJS_SRC: undefined,
    QUICKJS_VERSION: undefined,
  }
  return netns.inside(command, { env: { ...usual, ...changes } })
}

test('where no version of QuickJS can be had, one line says what was tried and what to do', () => {
  const { status, stdout, stderr } = prepare({})
  expect(status).toBe(1)
  expect(stdout.trim().split('\n')).toEqual([
    'fetching qjs-src 0.16.2-2~bpo13+1 from trixie-backports',
    'fetching qjs-src 0.17.0-1 from forky',
    'fetching qjs-src 0.17.0-1 from sid',
    'fetching qjs-src 0.16.2-2~bpo13+1 from snapshot.debian.org',
    'fetching qjs-src 0.17.0-1 from snapshot.debian.org',
    'fetching quickjs-ng 0.16.2 from github.com',
  ])
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(
    /^none of qjs-src 0\.16\.2-2~bpo13\+1, qjs-src 0\.17\.0-1, quickjs-ng 0\.16\.2 could be fetched \(/,
  )
  expect(stderr).toMatch(/; unpack one yourself and give it: QUICKJS_SRC=FOLDER\n$/)
})

test('where apt has no mirror of Debian, as on Ubuntu, that is said, and the others are tried', () => {
  const { stdout, stderr } = prepare({ DEBIAN_MIRROR: undefined })
  expect(stderr).toContain(
    'sid: apt has no mirror of Debian here; give one as DEBIAN_MIRROR=URL; snapshot.debian.org: ',
  )
  expect(stdout).toContain('fetching quickjs-ng 0.16.2 from github.com\n')
})

test('QUICKJS_VERSION takes no other version', () => {
  const { stdout } = prepare({ QUICKJS_VERSION: '0.17' })
  expect(stdout.match(/qjs-src \S+/g)).toEqual(Array(3).fill('qjs-src 0.17.0-1'))
})

const KNOWN = '0.16.2-2~bpo13+1, 0.17.0-1, 0.16.2'

test.each([
  ['a version that is not known', { QUICKJS_VERSION: '0.15' }, `QUICKJS_VERSION=0.15 is not one of ${KNOWN}\n`],
  ['a folder that is not there', { QUICKJS_SRC: '/nowhere' }, 'there is no folder /nowhere\n'],
])('%s', (_, env, stderr) => {
  expect(prepare(env)).toEqual({ status: 1, stdout: '', stderr })
})

test('sources that are not known are refused, with their checksum', () => {
  const sources = join(folder, 'sources')
  mkdirSync(sources)
  writeFileSync(join(sources, 'quickjs.c'), 'int main() {}\n')
  const { status, stderr } = prepare({ QUICKJS_SRC: sources })
  expect(status).toBe(1)
  expect(stderr).toMatch(new RegExp(`^${sources}: these sources of QuickJS are not one of .*: [0-9a-f]{64}\n$`))
})
