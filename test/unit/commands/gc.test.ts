import { expect, test } from 'vitest'
import { ask } from '../../helpers/requests.ts'

test.each([
  ['without attachments', {}],
  ['with one', { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }],
  ['with a configuration that has since become invalid', { sysctl: { 'net..core': [] } }],
])('GC succeeds %s', (_, members) => {
  const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' }
  const { exitCode, stdout, os } = ask('GC', { env, conf: { prevResult: undefined, ...members } })
  expect([exitCode, stdout, os.writes]).toEqual([0, '', []])
})
