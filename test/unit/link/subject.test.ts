import { describe, expect, test } from 'vitest'
import { LINK_ATTRIBUTES } from '../../../plugin/link/attributes.ts'
import { createLinkSubject, parseLinkSubject } from '../../../plugin/link/subject.ts'
import { OsError } from '../../../plugin/os/os.ts'
import type { Surroundings } from '../../../plugin/subject/surroundings.ts'
import { createFakeOs, HOST } from '../../helpers/fake-os.ts'
import { ETH0 } from '../../helpers/requests.ts'

test.each(LINK_ATTRIBUTES)('%s is found again from its id', (attribute) => {
  const { id, name } = createLinkSubject('eth0.100', attribute)
  expect([id, name, parseLinkSubject(id)?.id]).toEqual([`link:eth0.100:${attribute}`, `${attribute} of eth0.100`, id])
})

test.each(['net.core.somaxconn', '', 'link:', 'link:eth0', 'link:eth0:', 'link:eth0:speed', 'Link:eth0:mtu'])(
  '%j is the id of none',
  (id) => {
    expect(parseLinkSubject(id)).toBe(undefined)
  },
)

test('a value is read and written', () => {
  const os = createFakeOs({ links: { [HOST]: { eth0: ETH0 } } })
  const mtu = createLinkSubject('eth0', 'mtu')
  mtu.prepare(os)
  mtu.write(os, '1400')
  expect([mtu.read(os), os.linkOf(HOST, 'eth0')]).toEqual(['1400', { ...ETH0, mtu: 1400 }])
})

test('what an interface has already is not set: a device that is up may refuse even that', () => {
  const os = createFakeOs({ links: { [HOST]: { eth0: ETH0 } } })
  const requests: number[] = []
  const linkIoctl: typeof os.linkIoctl = (request, ...rest) => {
    requests.push(request)
    return os.linkIoctl(request, ...rest)
  }
  createLinkSubject('eth0', 'mac').write({ ...os, linkIoctl }, ETH0.mac)
  expect(requests).toEqual([0x8927])
})

test.each([
  ['mac', '0A-58-0a-f4-01-02', '0a:58:0a:f4:01:02', true],
  ['mac', '0a:58:0a:f4:01:02', '0a:58:0a:f4:01:03', false],
  ['mtu', '1400', '1400', true],
  ['mtu', '1400', '1500', false],
  ['promisc', '1', '0', false],
] as const)('%s: %s is kept where %s is shown: %s', (attribute, wanted, current, isKept) => {
  expect(createLinkSubject('eth0', attribute).isKept(wanted, current)).toBe(isKept)
})

describe('a failure is explained', () => {
  const around: Surroundings = { inNetns: new Map(), onHost: undefined, links: ['lo', 'eth0'], release: '6.18.44' }

  test.each([
    ['ENODEV', 'there is no interface eth1 here; there are lo, eth0'],
    ['EPERM', 'cannot be read (EPERM)'],
  ])('that to read with %s', (errno, reason) => {
    const error = new OsError(errno, 'ioctl', 'eth1')
    expect(createLinkSubject('eth1', 'mtu').explainTarget(error, () => around)).toBe(reason)
  })

  test.each([
    ['mtu', '10', 'EINVAL', ': out of the range of the device, which is 68 to 65535 for a veth'],
    ['mac', '0a:00:00:00:00:01', 'EBUSY', ': the device would have to be down'],
    ['mac', '0a:00:00:00:00:01', 'EOPNOTSUPP', ': the device cannot change it'],
    ['promisc', '1', 'EPERM', ': the plugin must run as root, outside any container'],
    ['txQLen', '5', 'EINVAL', ''],
    ['mac', '0a:00:00:00:00:01', 'EADDRNOTAVAIL', ''],
  ] as const)('that to set %s to %s with %s', (attribute, value, errno, reason) => {
    const error = new OsError(errno, 'ioctl', 'eth0')
    expect(createLinkSubject('eth0', attribute).explainRefusal(createFakeOs({}), value, error, '7')).toBe(
      `the kernel refuses ${value} (${errno})${reason}; it holds 7`,
    )
  })
})
