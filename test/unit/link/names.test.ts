import { expect, test } from 'vitest'
import { readLinkNames } from '../../../plugin/link/names.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

test.each([
  ['Inter-|   Receive    |  Transmit\n face |bytes    packets|bytes\n    lo:   84 1\n  eth0:  0 0\n', ['lo', 'eth0']],
  ['h\nh\neth0.100: 1\nfifteen-letters: 1\n  a@b: 0\n', ['eth0.100', 'fifteen-letters', 'a@b']],
  ['Inter-|   Receive\n face |bytes\n', []],
])('the interfaces in %j are %j', (dev, names) => {
  const os = createFakeOs({ netns: { host: { '/proc/thread-self/net/dev': dev } } })
  expect(readLinkNames(os)).toEqual(names)
})
