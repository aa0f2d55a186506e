import { expect, test } from 'vitest'
import { pickAsked } from '../../../plugin/config/asked.ts'

test('an entry asks by all members of the plugin, however they are spelled and in whatever order', () => {
  const asked = { mtu: 1, TXQLEN: 2, sysctl: {}, Inherit: [] }
  const picked = pickAsked({ ...asked, name: 'n', type: 'netns-sysctl', cniVersion: '1.1.0' })
  expect(Object.entries(picked)).toEqual([
    ['Inherit', []],
    ['TXQLEN', 2],
    ['mtu', 1],
    ['sysctl', {}],
  ])
})

test.each(['first', 'restoreOnDel', 'dataDir', 'args', 'runtimeConfig', 'prevResult'])(
  'an entry is the same with another %s',
  (name) => {
    for (const spelled of [name, name.toUpperCase()]) expect(pickAsked({ [spelled]: 1, mtu: 2 })).toEqual({ mtu: 2 })
  },
)
