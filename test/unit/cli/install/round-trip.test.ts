import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addEntry, removeEntry, type WantedEntry } from '../../../../plugin/cli/install/conflist.ts'
import { blank, formatMembers, jsonMembers } from '../../../helpers/arbitraries.ts'
import { runs } from '../../../helpers/runs.ts'

const OWN = 'netns-sysctl'

const type = fc.constantFrom('bridge', 'ptp', 'flannel', 'portmap', 'netns-sysctls', 'NETNS-SYSCTL')

const entryText = fc.tuple(type, jsonMembers, blank).map(([name, members, between]) => {
  const others = members.filter(([member]) => JSON.parse(member) !== 'type')
  return formatMembers([['"type"', JSON.stringify(name)], ...others], between)
})

/** Conflists with blanks in odd places, as people and programs write them. */
const crooked = fc
  .record({
    entries: fc.array(entryText, { minLength: 1, maxLength: 4 }),
    separator: fc.constantFrom(',', ', ', ',\n', ' ,\r\n    ', ',\n\t\t'),
    before: jsonMembers,
    after: jsonMembers,
    between: blank,
  })
  .map(({ entries, separator, before, after, between }) => {
    const list = `[${between}${entries.join(separator)}${between}]`
    return formatMembers([...before, ['"plugins"', list], ...after], between)
  })
  .filter((text) => text.split('"plugins"').length === 2)

/** Conflists as a program prints them. */
const straight = fc
  .record({
    entries: fc.array(fc.record({ type, ipam: fc.jsonValue({ maxDepth: 2 }) }), { minLength: 1, maxLength: 4 }),
    indent: fc.constantFrom<string | number>(0, 1, 2, 3, 4, 8, '\t'),
    isCrlf: fc.boolean(),
    end: fc.constantFrom('', '\n', '\n\n'),
  })
  .map(({ entries, indent, isCrlf, end }) => {
    const text = JSON.stringify({ cniVersion: '1.0.0', name: 'n', plugins: entries, x: [1] }, undefined, indent) + end
    return isCrlf ? text.replaceAll('\n', '\r\n') : text
  })

const conflist = fc.oneof(crooked, straight)

const name = fc.constantFrom('net.core.somaxconn', '-net.ipv4.ip_forward', 'net/ipv4/conf/IFNAME/rp_filter', '"é\\')
const wanted: fc.Arbitrary<WantedEntry> = fc.oneof(
  fc.record({ sysctl: fc.dictionary(name, fc.string(), { minKeys: 1 }) }),
  fc.record({
    sysctl: fc.dictionary(name, fc.string(), { minKeys: 1 }),
    inherit: fc.array(fc.string(), { minLength: 1 }),
  }),
)

const parse = (text: string) => JSON.parse(text) as { plugins: { type: string }[] }
const add = (text: string, entry: WantedEntry) => addEntry(text, 'f', entry)
const remove = (text: string) => removeEntry(text, 'f')
/** A typed value is trimmed, so fast-check's strings are trimmed too. */
const trimmed = wanted.map(({ sysctl = {}, ...entry }) => ({
  ...entry,
  sysctl: Object.fromEntries(Object.entries(sysctl).map(([key, value]) => [key, value.trim()])),
}))

test('taken out again, nothing is left of it', () => {
  fc.assert(
    fc.property(conflist, trimmed, (text, entry) => {
      expect(remove(add(text, entry))).toBe(text)
    }),
    runs(500),
  )
})

test('put in twice, it is as if once', () => {
  fc.assert(
    fc.property(conflist, trimmed, (text, entry) => {
      const once = add(text, entry)
      expect(add(once, entry)).toBe(once)
    }),
    runs(500),
  )
})

test('it is the last of the list, and nothing else changes', () => {
  fc.assert(
    fc.property(conflist, trimmed, (text, entry) => {
      const { plugins, ...rest } = parse(text)
      const expected = { ...rest, plugins: [...plugins, { type: OWN, ...entry }] }
      expect(parse(add(text, entry))).toEqual(expected)
    }),
    runs(500),
  )
})

test('brought up to date from any other, it is as if put in then', () => {
  fc.assert(
    fc.property(conflist, trimmed, trimmed, (text, first, second) => {
      const both = { ...first, ...second }
      expect(parse(add(add(text, first), second))).toEqual(parse(add(text, both)))
    }),
    runs(300),
  )
})

test('wherever it was, it is at the end, once, and the others keep their order', () => {
  fc.assert(
    fc.property(straight, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), trimmed, (text, places, entry) => {
      const conf = parse(text)
      const others = [...conf.plugins]
      for (const place of places) conf.plugins.splice(place % (conf.plugins.length + 1), 0, { type: OWN })
      const { plugins } = parse(add(JSON.stringify(conf, undefined, 2), entry))
      expect(plugins).toEqual([...others, { type: OWN, ...entry }])
    }),
    runs(300),
  )
})
