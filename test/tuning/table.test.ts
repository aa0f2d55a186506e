import { expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { BEHAVIOURS } from './all-behaviours.ts'
import { observe } from './behaviour.ts'

/** The right column of docs/comparison.md, by rows, without the kernel's release. */
const EXPECTED: readonly (readonly [string, string])[] = [
  ['CHECK after ADD of `"1024 65535"`, of `"0512"`', 'passes, passes'],
  ['CHECK after ADD of a name with `IFNAME`', 'passes'],
  ['CHECK where promisc is on and not configured', 'passes'],
  ['CHECK of three values that were changed', 'names 3 of 3'],
  ['CHECK of a sysctl that the allowlist forbids by now', 'fails (100)'],
  ['`args.cni.sysctl` without `sysctl`', 'set'],
  ["ADD in the plugin's own netns", 'fails (8), nothing is written'],
  ['Order of the writes', 'as configured'],
  ['ADD that fails at its second step', 'everything is put back'],
  ['A sysctl that does not exist', 'net.core.somaxcon: does not exist on Linux …; did you mean net.core.somaxconn?'],
  ['A sysctl of a VLAN interface, `eth0.100`', 'set, in 3 of 3 spellings'],
  ['A name with two `IFNAME`', 'both are replaced'],
  ['A number as a value', 'set'],
  ['One sysctl given twice, with other values', 'fails (7)'],
  ['Members of `prevResult` that it does not know', 'passed on'],
  ['DEL where the netns lives on: sysctls', 'put back'],
  ['DEL where the mtu was changed since ADD', 'leaves it'],
  ['DEL with a netns that is gone', 'passes, no file is left'],
  ['DEL with a configuration that is invalid by now', 'passes'],
  ['GC', 'removes what is left'],
]

test.each(BEHAVIOURS)('$name', async (behaviour) => {
  const seen = await observe(EXECUTABLE, behaviour)
  expect(seen.replace(/Linux [\d.]+/, 'Linux …')).toBe(new Map(EXPECTED).get(behaviour.name))
})

test('there is a row for each', () => {
  expect(BEHAVIOURS.map(({ name }) => name)).toEqual(EXPECTED.map(([name]) => name))
})
