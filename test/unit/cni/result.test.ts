import { describe, expect, test } from 'vitest'
import { formatResult } from '../../../plugin/cni/result.ts'

const MAC = '0a:58:0a:f4:01:02'

test.each([
  ['{"cniVersion":"0.4.0","ips":[]}', '{"cniVersion":"1.0.0","ips":[]}'],
  ['{"ips":[], "cniVersion" : "0.4.0" }', '{"ips":[], "cniVersion" : "1.0.0" }'],
  ['{"cniVersion":null}', '{"cniVersion":"1.0.0"}'],
  ['{}', '{"cniVersion":"1.0.0"}'],
  ['{ "x": 12345678901234567890 }', '{ "cniVersion":"1.0.0","x": 12345678901234567890 }'],
])('%s is passed on as %s', (prevResult, result) => {
  expect(formatResult(prevResult, '1.0.0', 'eth0', {})).toBe(`${result}\n`)
})

describe('the interface gets what was changed of it', () => {
  const sandbox = '"sandbox":"/run/netns/c1"'
  test.each([
    ['its mac', { mac: MAC }, '', `"mac":"${MAC}",`],
    ['its mtu', { mtu: 1400 }, '', '"mtu":1400,'],
    ['both', { mac: MAC, mtu: 1400 }, '', `"mtu":1400,"mac":"${MAC}",`],
    ['a mac instead of that it had', { mac: MAC }, '"mac":"5a:00:00:00:00:01",', `"mac":"${MAC}",`],
    ['an mtu instead of that it had', { mtu: 1400 }, '"mtu" : 15e2,', '"mtu" : 1400,'],
    ['nothing', {}, '"mac":"5A:00:00:00:00:01", "mtu":1.5e3,', '"mac":"5A:00:00:00:00:01", "mtu":1.5e3,'],
  ])('%s', (_, changes, before, after) => {
    const result = (members: string) =>
      `{"cniVersion":"1.1.0", "interfaces" : [{"name":"cni0","mac":"x"}, {${members}"name":"eth0",${sandbox}} ],"n":1.0}`
    expect(formatResult(result(before), '1.1.0', 'eth0', changes)).toBe(`${result(after)}\n`)
  })

  test.each(['0.4.0', '1.0.0'] as const)('but no mtu in %s, which has none', (version) => {
    const prevResult = `{"cniVersion":"${version}","interfaces":[{"name":"eth0"}]}`
    expect(formatResult(prevResult, version, 'eth0', { mtu: 1400 })).toBe(`${prevResult}\n`)
  })

  test("and that of the host's interface of the same name stays", () => {
    const before = `{"interfaces":[{"name":"eth0","mac":"a"},{"name":"eth0","mac":"b",${sandbox}}],"cniVersion":"1.0.0"}`
    expect(formatResult(before, '1.0.0', 'eth0', { mac: MAC })).toBe(`${before.replace('"b"', `"${MAC}"`)}\n`)
  })

  test("and that of the host's, whose sandbox is empty", () => {
    const before = `{"interfaces":[{"name":"eth0","mac":"a","sandbox":""},{"name":"eth0","mac":"b",${sandbox}}],"cniVersion":"1.0.0"}`
    expect(formatResult(before, '1.0.0', 'eth0', { mac: MAC })).toBe(`${before.replace('"b"', `"${MAC}"`)}\n`)
  })

  test('also where no entry tells its sandbox', () => {
    const before = '{"interfaces":[{"name":"eth0","mac":"a","sandbox":""}],"cniVersion":"1.0.0"}'
    expect(formatResult(before, '1.0.0', 'eth0', { mac: MAC })).toBe(`${before.replace('"a"', `"${MAC}"`)}\n`)
  })

  test.each([
    ['there are no interfaces', '{"cniVersion":"1.1.0"}'],
    ['it is not among them', '{"cniVersion":"1.1.0","interfaces":[{"name":"eth1"}]}'],
    ['they are none', '{"cniVersion":"1.1.0","interfaces":{"name":"eth0"}}'],
    ['there is something else among them', '{"cniVersion":"1.1.0","interfaces":[null,7,"eth0",[],{}]}'],
  ])('and nothing if %s', (_, prevResult) => {
    expect(formatResult(prevResult, '1.1.0', 'eth0', { mac: MAC, mtu: 1400 })).toBe(`${prevResult}\n`)
  })
})
