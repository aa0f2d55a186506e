import { expect, test } from 'vitest'
import { formatPath } from '../../../plugin/json/path.ts'

test.each([
  [[], ''],
  [['sysctl'], 'sysctl'],
  [['sysctl', 'net.core.somaxconn'], 'sysctl["net.core.somaxconn"]'],
  [['interfaces', 2, 'mac'], 'interfaces[2].mac'],
  [['args', 'cni', '_x1'], 'args.cni._x1'],
  [['a b'], '["a b"]'],
  [['a', ''], 'a[""]'],
  [['a', '"\n'], 'a["\\"\\n"]'],
])('%j is written %s', (path, text) => {
  expect(formatPath(path)).toBe(text)
})
