import { expect, test } from 'vitest'
import { formatResult } from '../../../plugin/cni/result.ts'

test.each([
  ['{"cniVersion":"0.4.0","ips":[]}', '{"cniVersion":"1.0.0","ips":[]}'],
  ['{"ips":[], "cniVersion" : "0.4.0" }', '{"ips":[], "cniVersion" : "1.0.0" }'],
  ['{"cniVersion":null}', '{"cniVersion":"1.0.0"}'],
  ['{}', '{"cniVersion":"1.0.0"}'],
  ['{ "x": 12345678901234567890 }', '{"cniVersion":"1.0.0", "x": 12345678901234567890 }'],
])('%s is passed on as %s', (prevResult, result) => {
  expect(formatResult(prevResult, '1.0.0')).toBe(`${result}\n`)
})
