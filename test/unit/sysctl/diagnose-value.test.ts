import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { diagnoseWrite } from '../../../plugin/sysctl/refusal.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

describe('a value that the kernel refuses', () => {
  test.each([
    ['net.core.somaxconn', '-5', 'EINVAL', '4096', '"-5" (EINVAL): out of range; it holds "4096"'],
    ['net.core.somaxconn', '9'.repeat(9), 'ERANGE', '4096', '"999999999" (ERANGE): out of range; it holds "4096"'],
    ['net.core.somaxconn', 'many', 'EINVAL', '4096', '"many" (EINVAL): it is no number; it holds "4096"'],
    ['net.core.somaxconn', '', 'EINVAL', '4096', '"" (EINVAL): it is empty; it holds "4096"'],
    [
      'net.ipv4.tcp_rmem',
      'a b c',
      'EINVAL',
      '1\t2\t3',
      '"a b c" (EINVAL): it is not 3 numbers separated by blanks; it holds "1 2 3"',
    ],
    [
      'net.ipv4.ip_local_port_range',
      '9 1',
      'EINVAL',
      '1\t9',
      '"9 1" (EINVAL): the first number is the larger one; it holds "1 9"',
    ],
    ['net.core.default_qdisc', 'x', 'EINVAL', 'fq', '"x" (EINVAL): not a value it can have; it holds "fq"'],
    ['net.core.somaxconn', '1', 'EBUSY', '', '"1" (EBUSY)'],
    ['net.core.default_qdisc', 'x', 'ENOENT', 'fq', '"x" (ENOENT): it knows nothing of this name; it holds "fq"'],
    [
      'net.ipv4.tcp_congestion_control',
      'bbr',
      'ENOENT',
      'cubic',
      '"bbr" (ENOENT): it knows nothing of this name; available are reno, cubic; it holds "cubic"',
    ],
  ])('%s = %j: %s', (name, value, errno, current, reason) => {
    const available = { '/proc/sys/net/ipv4/tcp_available_congestion_control': 'reno cubic\n' }
    const os = createFakeOs({ netns: { host: available } })
    const key = parseSysctlKey(name)
    const error = new OsError(errno, 'write', key.path)
    expect(diagnoseWrite(os, key, value, error, current)).toBe(`the kernel refuses ${reason}`)
  })
})
