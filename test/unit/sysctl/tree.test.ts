import { expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { readSysctlTree } from '../../../plugin/sysctl/tree.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

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

test('the tree is empty where there is none', () => {
  expect(readSysctlTree(createFakeOs({}))).toEqual(new Map())
})

test('a file that goes away while the tree is read is left out', () => {
  const os = createFakeOs({ netns: { host: { '/proc/sys/net/a': '1\n', '/proc/sys/net/b': '1\n' } } })
  const fileMode = (path: string) => {
    if (path.endsWith('/a')) throw new OsError('ENOENT', 'stat', path)
    return os.fileMode(path)
  }
  expect([...readSysctlTree({ list: os.list, fileMode }).keys()]).toEqual(['net.b'])
})
