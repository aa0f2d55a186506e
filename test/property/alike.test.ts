import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutAlike } from '../../plugin/config/alike.ts'
import { scanJson } from '../../plugin/json/scan.ts'
import { runs } from '../helpers/runs.ts'

/** Few strings and names, so that many attachments are alike, or nearly. */
const string = fc.constantFrom('x', 'eth0', '', '{', '},{', ':', '"', '\\')
const { list } = fc.letrec<{ list: unknown[]; item: unknown }>((tie) => ({
  list: fc.array(tie('item'), { maxLength: 6 }),
  item: fc.oneof(
    { depthSize: 'medium' },
    fc.record({ containerID: string, ifname: fc.constantFrom('eth0', 'eth1') }),
    fc.record({ y: string }),
    fc.record({ containerID: string, more: tie('list') }),
    fc.record({ containerID: string, ':': string, ifname: string }),
  ),
}))

function shapeOf(text: string) {
  const names = new Set<string>()
  let most = 0
  scanJson(text, ({ name, depth }) => {
    names.add(name)
    most = Math.max(most, depth)
  })
  return { names: [...names].sort(), most }
}

test('a list without what is alike has the same names and is nested as deeply', () => {
  fc.assert(
    fc.property(list, list, (first, second) => {
      const text = JSON.stringify({ first, second })
      expect(shapeOf(withoutAlike(text))).toEqual(shapeOf(text))
    }),
    runs(3000),
  )
})
