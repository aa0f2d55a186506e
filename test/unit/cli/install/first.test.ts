import { describe, expect, test } from 'vitest'
import { addEntry, removeEntry } from '../../../../plugin/cli/install/conflist.ts'

const sysctl = { 'net.ipv6.conf.default.accept_ra': '0' }
const text = (...plugins: object[]) => JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins })
const typesIn = (conflist: string) =>
  (JSON.parse(conflist) as { plugins: { type: string; first?: boolean }[] }).plugins.map(({ type, first }) =>
    first === true ? `${type} first` : type,
  )

describe('install --first', () => {
  test('puts its entry before the network plugin, and brings that one up to date', () => {
    const once = addEntry(text({ type: 'bridge' }), 'f', { sysctl, first: true })
    expect(typesIn(once)).toEqual(['netns-sysctl first', 'bridge'])
    expect(addEntry(once, 'f', { sysctl, first: true })).toBe(once)
    const twice = addEntry(once, 'f', { sysctl: { 'net.core.somaxconn': '1' }, first: true })
    expect(JSON.parse(twice).plugins[0]).toEqual({
      type: 'netns-sysctl',
      sysctl: { 'net.core.somaxconn': '1' },
      first: true,
    })
    expect(typesIn(twice)).toEqual(['netns-sysctl first', 'bridge'])
  })

  test('and install without it leave each the other entry alone', () => {
    const first = addEntry(text({ type: 'bridge' }, { type: 'portmap' }), 'f', { sysctl, first: true })
    const both = addEntry(first, 'f', { sysctl: { 'net.core.somaxconn': '1' } })
    expect(typesIn(both)).toEqual(['netns-sysctl first', 'bridge', 'portmap', 'netns-sysctl'])
    expect(addEntry(both, 'f', { sysctl, first: true })).toBe(both)
    expect(addEntry(both, 'f', { sysctl: { 'net.core.somaxconn': '1' } })).toBe(both)
    expect(typesIn(removeEntry(both, 'f'))).toEqual(['bridge', 'portmap'])
  })

  test('keeps the layout of the file', () => {
    const pretty = '{\n  "plugins": [\n    {\n      "type": "bridge"\n    }\n  ]\n}\n'
    expect(addEntry(pretty, 'f', { sysctl, first: true })).toBe(
      '{\n  "plugins": [\n    {\n      "type": "netns-sysctl",\n      "sysctl": {\n        "net.ipv6.conf.default.accept_ra": "0"\n      },\n      "first": true\n    },\n    {\n      "type": "bridge"\n    }\n  ]\n}\n',
    )
  })

  test.each([
    [{ type: 'cilium-cni' }, 'cannot stand before cilium-cni'],
    [{ type: 'ipvlan' }, 'cannot stand before an ipvlan without "master"'],
  ])('is refused before %j', (plugin, reason) => {
    expect(() => addEntry(text(plugin), 'f', { sysctl, first: true })).toThrow(reason)
    expect(typesIn(addEntry(text(plugin), 'f', { sysctl }))).toEqual([plugin.type, 'netns-sysctl'])
  })
})
