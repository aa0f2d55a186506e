import { expect, test } from 'vitest'
import { isAtLeast, isSupportedVersion, SUPPORTED_VERSIONS } from '../../../plugin/cni/version.ts'

test('every released version is supported, in order', () => {
  expect(SUPPORTED_VERSIONS).toEqual(['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'])
  expect(SUPPORTED_VERSIONS.filter((version) => isSupportedVersion(version))).toEqual(SUPPORTED_VERSIONS)
})

test.each(['1.2.0', '1.1', '0.0.0', 'v1.0.0', '1.0.0 ', '', 1, null, undefined, ['1.0.0']])('%j is not', (version) => {
  expect(isSupportedVersion(version)).toBe(false)
})

test('versions are ordered', () => {
  const since = SUPPORTED_VERSIONS.filter((version) => isAtLeast(version, '0.4.0'))
  expect(since).toEqual(['0.4.0', '1.0.0', '1.1.0'])
})
