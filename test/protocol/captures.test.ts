import { readdirSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

/** Requests of real runtimes: test/captures. */
interface Capture {
  readonly runtime: string
  readonly case: string
  readonly env: Readonly<Record<string, string>> & { readonly CNI_COMMAND: string; readonly CNI_NETNS?: string }
  readonly stdin: { readonly cniVersion: string; readonly sysctl?: object; readonly prevResult?: object }
}

const FOLDER = join(import.meta.dirname, '../captures')
const captures = readdirSync(FOLDER)
  .sort()
  .map((file) => ({ file, ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Capture) }))

const commandOf = ({ env }: Capture) => env.CNI_COMMAND
const isFailing = ({ stdin }: Capture) => 'net.core.no_such_key' in (stdin.sysctl ?? {})
const thatAre = (command: string, isWanted = (_: Capture) => true) =>
  captures.filter((capture) => commandOf(capture) === command && isWanted(capture))

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const BEFORE: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/ip_local_port_range': '32768 60999' }
const AFTER: Sysctls = { 'net/core/somaxconn': '1024', 'net/ipv4/ip_local_port_range': '1024 65535' }
const sysctlsNow = () => readSysctls(netns, Object.keys(BEFORE))
beforeEach(() => writeSysctls(netns, BEFORE))

/** The netns in a capture. No process can have this number, so it is nothing on this machine. */
const goneNetnsOf = ({ env }: Capture) => env.CNI_NETNS?.replace(/^\/proc\/\d+\//, '/proc/4194305/')

/** Sends a capture again, with the test's netns if its own existed. */
function replay(capture: Capture, { isGone = false } = {}) {
  const { env, stdin } = capture
  const isPath = env.CNI_NETNS?.startsWith('/') === true
  return outcomeOf(netns, commandOf(capture), {
    env: { ...env, CNI_NETNS: isPath && !isGone ? netns.path : goneNetnsOf(capture) },
    stdin: JSON.stringify({ ...stdin, dataDir: newDataDir() }),
    isInside: commandOf(capture) === 'STATUS',
  })
}

describe('a request that a runtime has sent is answered', () => {
  const adding = thatAre('ADD', (capture) => !isFailing(capture))
  const failing = thatAre('ADD', isFailing)
  const deleting = thatAre('DEL')

  test.each(adding)('$file: the sysctls are set and prevResult is passed on', (capture) => {
    const { cniVersion, prevResult } = capture.stdin
    expect(replay(capture)).toEqual({ exitCode: 0, answer: { ...prevResult, cniVersion } })
    expect(sysctlsNow()).toEqual(AFTER)
  })

  test.each(failing)('$file: the key that does not exist is named', (capture) => {
    const msg = `net.core.no_such_key: does not exist on Linux ${release().replace(/-.*/, '')}`
    const answer = errorDocument(101, msg, 'nothing was written', capture.stdin.cniVersion)
    expect(replay(capture)).toEqual({ exitCode: 1, answer })
    expect(sysctlsNow()).toEqual(BEFORE)
  })

  test.each([...adding, ...failing])('$file: a netns that is gone is refused', (capture) => {
    const details = 'the container is gone, or the runtime gave a wrong path'
    const answer = errorDocument(
      8,
      `CNI_NETNS ${goneNetnsOf(capture)} does not exist`,
      details,
      capture.stdin.cniVersion,
    )
    expect(replay(capture, { isGone: true })).toEqual({ exitCode: 1, answer })
  })

  test.each(deleting)('$file: succeeds with the netns there and gone', (capture) => {
    expect(replay(capture)).toEqual({ exitCode: 0, answer: undefined })
    expect(replay(capture, { isGone: true })).toEqual({ exitCode: 0, answer: undefined })
    expect(sysctlsNow()).toEqual(BEFORE)
  })

  test.each(thatAre('STATUS'))('$file: an ADD could work', (capture) => {
    expect(replay(capture)).toEqual({ exitCode: 0, answer: undefined })
  })

  test.each(thatAre('VERSION'))('$file: the versions are told', (capture) => {
    const supportedVersions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']
    const answer = { cniVersion: capture.stdin.cniVersion, supportedVersions }
    expect(replay(capture)).toEqual({ exitCode: 0, answer })
  })

  test('all 34 captures are among these', () => {
    const counts = ['ADD', 'DEL', 'STATUS', 'VERSION'].map((command) => [command, thatAre(command).length])
    expect(Object.fromEntries(counts)).toEqual({ ADD: 13, DEL: 19, STATUS: 1, VERSION: 1 })
    expect(captures).toHaveLength(34)
    expect(failing).toHaveLength(4)
  })
})
