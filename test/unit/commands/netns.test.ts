import { describe, expect, test } from 'vitest'
import type { AttachmentRequest } from '../../../plugin/cni/request.ts'
import { enterContainerNetns, openContainerNetns } from '../../../plugin/commands/netns.ts'
import { OsError } from '../../../plugin/os/os.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeMachine, HOST } from '../../helpers/fake-os.ts'
import { ask, CONTAINER, errorDocument, RECORD } from '../../helpers/requests.ts'

const OWN = '/proc/thread-self/ns/net'
const OWN_MSG = `CNI_NETNS ${OWN} is the plugin's own network namespace, so the host's sysctls would be set`
const OWN_DETAILS = "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1"

function request(netns: string, mayBeOwnNetns = false): AttachmentRequest {
  return { command: 'ADD', containerId: 'c1', ifName: 'eth0', netns, args: new Map(), mayBeOwnNetns }
}

describe('a netns that cannot be entered', () => {
  const machines: [string, FakeMachine, string][] = [
    ['is gone', {}, 'does not exist'],
    ['is something else', { notNetns: [CONTAINER] }, 'is not a network namespace'],
    [
      'needs a capability',
      { netns: { [CONTAINER]: {} }, enterFails: 'EPERM' },
      'cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root',
    ],
  ]
  test.each(machines)('%s', (_, machine, reason) => {
    const os = createFakeOs(machine)
    const enter = () => {
      enterContainerNetns(os, openContainerNetns(os, request(CONTAINER)))
    }
    expect(problemsOf(enter)).toEqual([
      {
        code: 8,
        msg: `CNI_NETNS ${CONTAINER} ${reason}`,
        details: 'the container is gone, or the runtime gave a wrong path',
      },
    ])
  })
})

test('what says nothing of the netns is no reason to take it for gone', () => {
  const os = createFakeOs({ netns: { [CONTAINER]: {} }, enterFails: 'ENOMEM' })
  const netns = openContainerNetns(os, request(CONTAINER))
  expect(errorOf(() => enterContainerNetns(os, netns))).toEqual(new OsError('ENOMEM', 'setns', CONTAINER))
})

/** A machine that has the container's netns, and where one call fails. */
function osWithout(call: 'ownNetnsId' | 'openNetns', errno: string, path: string) {
  const fail = () => {
    throw new OsError(errno, 'open', path)
  }
  return { ...createFakeOs({ netns: { [CONTAINER]: {} } }), [call]: fail }
}

test('a netns that may not be opened is invalid', () => {
  const os = osWithout('openNetns', 'EACCES', CONTAINER)
  expect(problemsOf(() => openContainerNetns(os, request(CONTAINER)))).toMatchObject([
    { code: 8, msg: `CNI_NETNS ${CONTAINER} cannot be entered (open: EACCES)` },
  ])
})

test("what says nothing of /proc is no reason to take it for missing where the plugin's own netns cannot be read", () => {
  const os = osWithout('ownNetnsId', 'EACCES', OWN)
  expect(errorOf(() => openContainerNetns(os, request(CONTAINER)))).toEqual(new OsError('EACCES', 'open', OWN))
})

test('without /proc, that is what is said', () => {
  const os = osWithout('ownNetnsId', 'ENOENT', OWN)
  expect(problemsOf(() => openContainerNetns(os, request(CONTAINER)))).toEqual([
    {
      code: 5,
      msg: `there is no ${OWN}: /proc is not mounted where the plugin runs`,
      details: 'run the plugin on the node, as root',
    },
  ])
})

describe("the plugin's own netns", () => {
  test.each(['ADD', 'CHECK'])('is refused by %s before anything is written', (command) => {
    const { exitCode, answer, os } = ask(command, {
      env: { CNI_NETNS: OWN },
      conf: { sysctl: { 'net.core.somaxconn': 1 } },
    })
    expect([exitCode, os.writes]).toEqual([1, []])
    expect(answer).toEqual(errorDocument(8, OWN_MSG, OWN_DETAILS))
  })

  test.each(['1', 'true', 'TRUE'])('is taken where CNI_NETNS_OVERRIDE is %s', (override) => {
    const { exitCode, os } = ask('ADD', {
      env: { CNI_NETNS: OWN, CNI_NETNS_OVERRIDE: override },
      conf: { sysctl: { 'net.core.somaxconn': 1 } },
    })
    expect([exitCode, os.writes]).toEqual([0, [`${RECORD} replaced`, 'host /proc/sys/net/core/somaxconn 1']])
  })

  test.each(['', '0', 'false'])('is refused where CNI_NETNS_OVERRIDE is %j', (override) => {
    expect(ask('ADD', { env: { CNI_NETNS: OWN, CNI_NETNS_OVERRIDE: override } }).answer).toEqual(
      errorDocument(8, OWN_MSG, OWN_DETAILS),
    )
  })

  test('is told by its identity, not by its path', () => {
    const os = createFakeOs({ netns: { [CONTAINER]: {} }, netnsIds: { [CONTAINER]: HOST } })
    expect(problemsOf(() => openContainerNetns(os, request(CONTAINER)))).toMatchObject([{ code: 8 }])
    expect(openContainerNetns(os, request(CONTAINER, true)).id).toBe(HOST)
  })
})

test('a netns that is another is the one that is entered', () => {
  const os = createFakeOs({ netns: { [CONTAINER]: {} } })
  expect(openContainerNetns(os, request(CONTAINER))).toMatchObject({ path: CONTAINER, id: CONTAINER })
})

test('a bug is not taken for a netns that is gone', () => {
  const os = createFakeOs({ netns: { [CONTAINER]: {} } })
  const fail = () => {
    throw new TypeError('bug')
  }
  const netns = openContainerNetns(os, request(CONTAINER))
  expect(() => openContainerNetns({ ...os, openNetns: fail }, request(CONTAINER))).toThrow(TypeError)
  expect(() => enterContainerNetns({ ...os, enterNetns: fail }, netns)).toThrow(TypeError)
})
