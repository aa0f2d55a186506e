import { describe, expect, test } from 'vitest'
import type { Problem } from '../../../plugin/cni/error.ts'
import { type LinkSource, parseLinkSettings } from '../../../plugin/config/link.ts'
import { withoutPlaces } from '../../helpers/errors.ts'

const CONF = ['02:00:00:00:00:01', []] as const
const ENV = ['02:00:00:00:00:02', ['CNI_ARGS']] as const
const RUNTIME = ['02:00:00:00:00:03', ['runtimeConfig']] as const
const ARGS = ['02:00:00:00:00:04', ['args', 'cni']] as const

function parse(...sources: LinkSource[]) {
  const problems: Problem[] = []
  const settings = parseLinkSettings(sources, problems)
  return { settings, problems: withoutPlaces(problems) }
}

describe('the last source that gives an attribute wins', () => {
  test.each([
    [[CONF], 1],
    [[CONF, ENV], 2],
    [[CONF, ENV, RUNTIME], 3],
    [[CONF, ENV, RUNTIME, ARGS], 4],
    [[CONF, RUNTIME], 3],
    [[CONF, ARGS], 4],
    [[ENV, ARGS], 4],
  ])('%j: number %i', (sources, number) => {
    const all = sources.map(([mac, at]) => ({ at, values: { mac } }))
    expect(parse(...all)).toEqual({ settings: { mac: `02:00:00:00:00:0${number}` }, problems: [] })
  })

  test('and one that gives none, or an empty one, does not', () => {
    const sources = [{ mac: CONF[0], mtu: 1400 }, { mac: '', mtu: 0 }, { mac: undefined, mtu: undefined }, {}]
    expect(parse(...sources.map((values) => ({ at: [], values })))).toEqual({
      settings: { mac: CONF[0], mtu: '1400' },
      problems: [],
    })
  })

  test('for each attribute by itself', () => {
    expect(
      parse({ at: [], values: { mtu: 1400, promisc: true } }, { at: ['args', 'cni'], values: { promisc: false } }),
    ).toEqual({ settings: { mtu: '1400', promisc: '0' }, problems: [] })
  })

  test('and what it wins over may be wrong', () => {
    expect(parse({ at: [], values: { mac: 'x' } }, { at: ['args'], values: { mac: ARGS[0] } }).problems).toEqual([])
  })
})

test.each([
  [{}, {}],
  [{ mtu: 0, mac: '' }, {}],
  [{ mac: '02-00-00-00-AB-CD' }, { mac: '02:00:00:00:ab:cd' }],
  [
    { promisc: true, allmulti: false },
    { promisc: '1', allmulti: '0' },
  ],
  [{ txQLen: 0 }, { txQLen: '0' }],
  [
    { txQLen: 2 ** 31 - 1, mtu: 1 },
    { txQLen: '2147483647', mtu: '1' },
  ],
])('%j becomes %j', (values, settings) => {
  expect(parse({ at: [], values })).toEqual({ settings, problems: [] })
})

describe('what an attribute cannot be is refused', () => {
  test.each([
    [[], { mac: 'x' }, 'mac "x" is not a MAC address, like 0a:58:0a:f4:01:02'],
    [['CNI_ARGS'], { mac: 'x' }, 'CNI_ARGS.mac "x" is not a MAC address, like 0a:58:0a:f4:01:02'],
    [['runtimeConfig'], { mac: '00:00:00:00:00:00' }, 'runtimeConfig.mac "00:00:00:00:00:00" is all zeros'],
    [
      ['args', 'cni'],
      { mac: '01:00:5e:00:00:01' },
      'args.cni.mac "01:00:5e:00:00:01" is a multicast address: its first byte is odd',
    ],
    [[], { mtu: -1 }, 'mtu -1 must be from 0 to 2147483647'],
    [[], { mtu: 2 ** 31 }, 'mtu 2147483648 must be from 0 to 2147483647'],
    [['args', 'cni'], { txQLen: -1 }, 'args.cni.txQLen -1 must be from 0 to 2147483647'],
  ])('%j %j', (at, values, msg) => {
    expect(parse({ at, values })).toEqual({ settings: {}, problems: [{ code: 2, msg }] })
  })

  test('and all of it at once', () => {
    const { settings, problems } = parse({ at: [], values: { mac: 'x', mtu: -1, promisc: true, txQLen: -2 } })
    expect(settings).toEqual({ promisc: '1' })
    expect(problems.map(({ msg }) => msg.split(' ')[0])).toEqual(['mac', 'mtu', 'txQLen'])
  })
})
