import { expect, test } from 'vitest'
import { SUPPORTED_VERSIONS } from '../../../plugin/cni/version.ts'
import { ask } from '../../helpers/requests.ts'

test.each([
  ['{"cniVersion":"1.0.0"}', '1.0.0'],
  ['{"cniVersion":"0.1.0","name":"../x"}', '0.1.0'],
  ['{"cniVersion":"9.9.9"}', '1.1.0'],
  ['{"cniVersion":7}', '1.1.0'],
  ['{}', '1.1.0'],
  ['[]', '1.1.0'],
  ['', '1.1.0'],
  ['{', '1.1.0'],
  ['\ufeff{}', '1.1.0'],
  [{ fails: 'EILSEQ' }, '1.1.0'],
  [{ fails: 'EIO' }, '1.1.0'],
])('VERSION answers %j in %s', (stdin, cniVersion) => {
  const { exitCode, stdout } = ask('VERSION', { stdin })
  expect(exitCode).toBe(0)
  expect(stdout).toBe(`${JSON.stringify({ cniVersion, supportedVersions: SUPPORTED_VERSIONS })}\n`)
})

test('VERSION answers as podman asks, with dummies and empty variables', () => {
  const env = { CNI_CONTAINERID: '', CNI_ARGS: '', CNI_IFNAME: 'dummy', CNI_NETNS: 'dummy', CNI_PATH: 'dummy' }
  expect(ask('VERSION', { env, stdin: '{"cniVersion":"1.0.0"}' }).answer).toEqual({
    cniVersion: '1.0.0',
    supportedVersions: ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'],
  })
})
