import { describe, expect, test } from 'vitest'
import { ask } from '../../helpers/requests.ts'

describe('DEL succeeds', () => {
  test.each([
    ['usually', {}],
    ['without CNI_NETNS', { env: { CNI_NETNS: '' } }],
    ['for a netns that is gone', { env: { CNI_NETNS: '/run/netns/gone' } }],
    ['for what is no netns', { env: { CNI_NETNS: '/etc' }, machine: { notNetns: ['/etc'] } }],
    ["for the plugin's own netns", { env: { CNI_NETNS: '/proc/thread-self/ns/net' } }],
    ['for an interface that is gone', { env: { CNI_IFNAME: 'eth7' } }],
    ['without prevResult', { conf: { prevResult: undefined } }],
    ['with a sysctl that does not exist', { conf: { sysctl: { 'net.core.nosuch': 1 } } }],
    ['with a name that is none', { conf: { sysctl: { 'net..core': 1 } } }],
    ['with a value that is none', { conf: { sysctl: { 'net.core.somaxconn': [1] } } }],
    ['with sysctls that are none', { conf: { sysctl: 7, args: 7, prevResult: 7 } }],
    ['with a member given twice', { stdin: '{"cniVersion":"1.1.0","name":"n","sysctl":{"a":1,"a":2}}' }],
    ['against the allowlist', { files: { '/etc/cni/tuning/allowlist.conf': '' } }],
    ['with a broken allowlist', { files: { '/etc/cni/tuning/allowlist.conf': '(' } }],
    ['in the first version', { conf: { cniVersion: '0.1.0' } }],
  ])('%s', (_, asked) => {
    const { exitCode, stdout, os } = ask('DEL', asked)
    expect([exitCode, stdout, os.writes]).toEqual([0, '', []])
  })
})

test.each([
  ['no JSON', { stdin: '{' }, 6],
  ['a name that is none', { conf: { name: '../x' } }, 7],
  ['a container ID that is none', { env: { CNI_CONTAINERID: '../x' } }, 4],
  ['a version that is none', { conf: { cniVersion: '9.0.0' } }, 1],
])('DEL fails with %s', (_, asked, code) => {
  const { exitCode, answer } = ask('DEL', asked)
  expect(exitCode).toBe(1)
  expect(answer).toMatchObject({ code })
})
