import { describe, expect, test } from 'vitest'
import type { AttachmentRequest } from '../../../plugin/cni/request.ts'
import { checkContainerNetns, enterContainerNetns } from '../../../plugin/commands/netns.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeMachine } from '../../helpers/fake-os.ts'
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
    ['is something else', { notNetns: [CONTAINER] }, 'is no network namespace'],
    [
      'needs a capability',
      { netns: { [CONTAINER]: {} }, enterFails: 'EPERM' },
      'cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root',
    ],
    ['fails otherwise', { netns: { [CONTAINER]: {} }, enterFails: 'ENOMEM' }, 'cannot be entered (setns: ENOMEM)'],
  ]
  test.each(machines)('%s', (_, machine, reason) => {
    const os = createFakeOs(machine)
    const enter = () => {
      checkContainerNetns(os, request(CONTAINER))
      enterContainerNetns(os, request(CONTAINER))
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
    const os = { ...createFakeOs({ netns: { [CONTAINER]: {} } }), netnsId: () => '4:4026531840' }
    expect(problemsOf(() => checkContainerNetns(os, request(CONTAINER)))).toMatchObject([{ code: 8 }])
    expect(checkContainerNetns(os, request(CONTAINER, true))).toBe('4:4026531840')
  })
})

test('a netns that is another has an id', () => {
  expect(checkContainerNetns(createFakeOs({ netns: { [CONTAINER]: {} } }), request(CONTAINER))).toBe(CONTAINER)
})

test('a bug is not taken for a netns that is gone', () => {
  const os = createFakeOs({})
  const fail = () => {
    throw new TypeError('bug')
  }
  expect(() => checkContainerNetns({ ...os, netnsId: fail }, request(CONTAINER))).toThrow(TypeError)
  expect(() => enterContainerNetns({ ...os, enterNetns: fail }, request(CONTAINER))).toThrow(TypeError)
})
