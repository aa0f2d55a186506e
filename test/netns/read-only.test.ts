import { afterAll, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { withReadOnlySysctls as wrap } from '../helpers/mounts.ts'
import { createNetns } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())

const BEFORE = { 'net/core/somaxconn': '4096', 'net/ipv4/tcp_fin_timeout': '60' }
writeSysctls(netns, BEFORE)

test('ADD tells that /proc/sys is mounted read-only', () => {
  const conf = { sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.tcp_fin_timeout': 60 } }
  expect(outcomeOf(netns, 'ADD', { conf, wrap })).toEqual({
    exitCode: 1,
    answer: errorDocument(
      101,
      'net.core.somaxconn: cannot be written: /proc/sys is mounted read-only where the plugin runs',
      'nothing was written',
    ),
  })
  expect(readSysctls(netns, Object.keys(BEFORE))).toEqual(BEFORE)
})

test('ADD takes a read-only /proc/sys where every value is as wanted', () => {
  const conf = { sysctl: { 'net.core.somaxconn': '0x1000', 'net.ipv4.tcp_fin_timeout': 60 } }
  expect(outcomeOf(netns, 'ADD', { conf, wrap })).toEqual({ exitCode: 0, answer: PREV_RESULT })
})

test('STATUS tells that /proc/sys/net cannot be written', () => {
  expect(outcomeOf(netns, 'STATUS', { wrap, isInside: true })).toEqual({
    exitCode: 1,
    answer: errorDocument(50, '/proc/sys/net cannot be written (EROFS)', 'run the plugin on the node, as root'),
  })
})
