import { afterAll, describe, expect, test } from 'vitest'
import { parseDocument } from '../helpers/document.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { createNetns, isRoot } from '../helpers/netns.ts'
import { envOf, errorDocument, formatConf } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'
import { runUnprivileged } from '../helpers/users.ts'

const netns = await createNetns()
afterAll(() => netns.close())

const ended = await createNetns()
await ended.close()

const BEFORE = { 'net/core/somaxconn': '4096' }
writeSysctls(netns, BEFORE)
const conf = { sysctl: { 'net.core.somaxconn': 1024 } }
const GONE_OR_WRONG = 'the container is gone, or the runtime gave a wrong path'
const now = () => readSysctls(netns, Object.keys(BEFORE))

describe.each(['ADD', 'CHECK'])('%s', (command) => {
  test.each([
    ['the path of a process that has ended', ended.path, 'does not exist'],
    ['a file', '/proc/self/status', 'is not a network namespace'],
    ['a file on a disk', import.meta.filename, 'is not a network namespace'],
    ['a directory', '/proc/self/ns', 'is not a network namespace'],
    ['a path through a file', `${import.meta.filename}/net`, 'does not exist'],
    ['a namespace of another kind', '/proc/self/ns/uts', 'is not a network namespace'],
    ['a device', '/dev/null', 'is not a network namespace'],
  ])('refuses %s', (_, path, reason) => {
    expect(outcomeOf(netns, command, { conf, env: { CNI_NETNS: path } })).toEqual({
      exitCode: 1,
      answer: errorDocument(8, `CNI_NETNS ${path} ${reason}`, GONE_OR_WRONG),
    })
  })

  test.each([netns.path, '/proc/self/ns/net', '/proc/thread-self/ns/net'])('refuses its own netns as %s', (path) => {
    expect(outcomeOf(netns, command, { conf, env: { CNI_NETNS: path }, isInside: true })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        8,
        `CNI_NETNS ${path} is the plugin's own network namespace, so the host's sysctls would be set`,
        "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1",
      ),
    })
    expect(now()).toEqual(BEFORE)
  })

  test('refuses a netns that a user without privileges may not enter', () => {
    const env = { ...envOf(command), CNI_NETNS: netns.path }
    const { status, stdout } = runUnprivileged({ env, input: formatConf(conf) })
    // Root's processes hide their namespaces from others; a user's own can be opened, and not be entered.
    const reason = isRoot
      ? 'cannot be entered (open: EACCES)'
      : 'cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root'
    expect({ exitCode: status, answer: parseDocument(stdout) }).toEqual({
      exitCode: 1,
      answer: errorDocument(8, `CNI_NETNS ${netns.path} ${reason}`, GONE_OR_WRONG),
    })
    expect(now()).toEqual(BEFORE)
  })
})

describe('DEL', () => {
  test.each([ended.path, '/proc/self/status', netns.path, ''])('succeeds with the netns %j', (path) => {
    expect(callPlugin(netns, 'DEL', { conf, env: { CNI_NETNS: path } })).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(now()).toEqual(BEFORE)
  })
})
