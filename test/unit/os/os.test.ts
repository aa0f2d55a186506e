import { expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'

test('a failure of the system says what failed', () => {
  const { name, message, errno, call, path } = new OsError('ENOENT', 'open', '/proc/sys/net/x')
  expect({ name, message, errno, call, path }).toEqual({
    name: 'OsError',
    message: 'open /proc/sys/net/x: ENOENT',
    errno: 'ENOENT',
    call: 'open',
    path: '/proc/sys/net/x',
  })
})
