import { expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { leaveAndLookAround, lookAroundHost, readSysctlTree } from '../../../plugin/plan/surroundings.ts'
import { createFakeOs, usualNetns } from '../../helpers/fake-os.ts'
import { CONTAINER, NODE_FILES } from '../../helpers/requests.ts'

test('the tree has every sysctl under net with its mode', () => {
  const files = {
    '/proc/sys/net/core/somaxconn': '1\n',
    '/proc/sys/net/core/rmem_max': { text: '1\n', mode: 0o444 },
    '/proc/sys/net/ipv4/conf/eth0.100/rp_filter': '1\n',
  }
  expect(readSysctlTree(createFakeOs({ netns: { host: files } }))).toEqual(
    new Map([
      ['net.core.somaxconn', 0o644],
      ['net.core.rmem_max', 0o444],
      ['net.ipv4.conf.eth0/100.rp_filter', 0o644],
    ]),
  )
})

test('the tree is empty if there is none', () => {
  expect(readSysctlTree(createFakeOs({}))).toEqual(new Map())
})

test('a file that goes away while the tree is read is left out', () => {
  const os = createFakeOs({ netns: { host: { '/proc/sys/net/a': '1\n', '/proc/sys/net/b': '1\n' } } })
  const fileStatus = (path: string) => {
    if (path.endsWith('/a')) throw new OsError('ENOENT', 'lstat', path)
    return os.fileStatus(path)
  }
  expect([...readSysctlTree({ list: os.list, fileStatus }).keys()]).toEqual(['net.b'])
})

test('looking around knows nothing of a host that may not be entered again', () => {
  const os = createFakeOs({ netns: { [CONTAINER]: usualNetns() }, files: NODE_FILES, leaveFails: 'EPERM' })
  os.enterNetns(os.openNetns(CONTAINER))
  expect(leaveAndLookAround(os).onHost).toBe(undefined)
})

test('looking around sees the container first, then the host', () => {
  const container = { '/proc/thread-self/net/dev': 'a\nb\n    lo: 0\neth0.100: 1 2\n', '/proc/sys/net/core/a.b': '1\n' }
  const host = { '/proc/sys/net/core/backlog': { text: '1\n', mode: 0o444 } }
  const os = createFakeOs({ netns: { host, [CONTAINER]: container }, files: NODE_FILES })
  os.enterNetns(os.openNetns(CONTAINER))
  expect(leaveAndLookAround(os)).toEqual({
    inNetns: new Map([['net.core.a/b', 0o644]]),
    onHost: new Map([['net.core.backlog', 0o444]]),
    links: ['lo', 'eth0.100'],
    release: '6.18.44',
  })
})

test('looking around on the host sees nothing of a container', () => {
  const os = createFakeOs({ netns: { host: usualNetns(), [CONTAINER]: {} }, files: NODE_FILES })
  const { inNetns, onHost, links, release } = lookAroundHost(os)
  expect([inNetns === onHost, inNetns.has('net.core.somaxconn'), links, release]).toEqual([
    true,
    true,
    ['lo', 'eth0'],
    '6.18.44',
  ])
})
