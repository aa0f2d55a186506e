import { describe, expect, test } from 'vitest'
import { writeTargets } from '../../../plugin/plan/apply.ts'
import { lookAtTargets } from '../../../plugin/plan/look.ts'
import { planSettings } from '../../../plugin/plan/plan.ts'
import { verifyTargets } from '../../../plugin/plan/verify.ts'
import type { ConfiguredValue } from '../../../plugin/sysctl/value.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles, refuse, usualHost, usualNetns } from '../../helpers/fake-os.ts'
import { CONTAINER, NODE_FILES } from '../../helpers/requests.ts'
import { SCOPE } from '../../helpers/settings.ts'

const SYS = '/proc/sys/net'

/** The fake, inside the container's netns, with the plan for the wanted values. */
function createContainer(files: FakeFiles, wanted: Readonly<Record<string, ConfiguredValue>>) {
  const netns = { host: usualHost(), [CONTAINER]: usualNetns(files) }
  const os = createFakeOs({ netns, files: NODE_FILES })
  os.enterNetns(os.openNetns(CONTAINER))
  const settings = Object.entries(wanted).map(([name, value]) => ({ name, value, origin: 'network' as const }))
  const plan = planSettings(settings, SCOPE)
  const textOf = (path: string) => os.textOf(CONTAINER, `${SYS}/${path}`)
  return { os, look: () => lookAtTargets(os, plan), write: () => writeTargets(os, lookAtTargets(os, plan)), textOf }
}

describe('before anything is written', () => {
  test('every target that cannot work is reported, those of one reason together', () => {
    const wanted = { 'net.core.somaxconn': 1, 'net.core.nosuch': 1, 'net.core.rmem_max': 1, 'net.ipv4.tcp_synack': 1 }
    const { os, look } = createContainer({}, wanted)
    expect(problemsOf(look)).toEqual([
      {
        code: 101,
        msg: 'net.core.nosuch, net.ipv4.tcp_synack: does not exist on Linux 6.18.44',
        details: 'nothing was written',
      },
      {
        code: 101,
        msg: 'net.core.rmem_max: is read-only everywhere: the kernel only reports it',
        details: 'nothing was written',
      },
    ])
    expect(os.writes).toEqual([])
  })

  test('of many that cannot work the first 32 are explained, and all are named', () => {
    const names = Array.from({ length: 40 }, (_, at) => `net.core.${'n'.repeat(at + 20)}`)
    const { look } = createContainer({}, Object.fromEntries(names.map((name) => [name, 1])))
    expect(problemsOf(look).map(({ msg }) => msg)).toEqual([
      `${names.slice(0, 32).join(', ')}: does not exist on Linux 6.18.44`,
      `${names.slice(32).join(', ')}: cannot be set either`,
    ])
  })

  test('a target that may fail is left out, and logged', () => {
    const { os, look } = createContainer(
      {},
      { '-net.core.nosuch': 1, 'net.core.somaxconn': 1, '-net.core.rmem_max': 1 },
    )
    expect(look().map(({ write, before }) => [write.subject.name, before])).toEqual([['net.core.somaxconn', '4096']])
    expect(os.stderr()).toBe(
      'netns-sysctl: net.core.nosuch: not set (ENOENT), ignored because of its "-"\n' +
        'netns-sysctl: net.core.rmem_max: not set (EACCES), ignored because of its "-"\n',
    )
  })

  test('a read-only target that already holds the value is not a failure', () => {
    const { look } = createContainer({}, { 'net.core.rmem_max': '0x34000' })
    expect(look().map(({ before }) => before)).toEqual(['212992'])
  })

  test.each([
    ['a trigger, mode 0200', 'net.ipv4.route.flush', {}],
    [
      'a secret that was never set',
      'net.ipv6.conf.eth0.stable_secret',
      { [`${SYS}/ipv6/conf/eth0/stable_secret`]: { text: '', readFails: 'EIO' } },
    ],
  ])('%s has no value before', (_, name, files) => {
    const { look } = createContainer(files, { [name]: 1 })
    expect(look().map(({ before }) => before)).toEqual([undefined])
  })

  test('what cannot be read for another reason is a failure', () => {
    const files = { [`${SYS}/core/somaxconn`]: { text: '', readFails: 'ENODEV' } }
    expect(problemsOf(createContainer(files, { 'net.core.somaxconn': 1 }).look)).toEqual([
      { code: 101, msg: 'net.core.somaxconn: cannot be read (ENODEV)', details: 'nothing was written' },
    ])
  })
})

describe('the writes', () => {
  test('are made in order, each with one newline', () => {
    const wanted = { 'net.ipv4.ip_forward': 1, 'net.core.somaxconn': ' 0x10 ', 'net.ipv4.conf.IFNAME.rp_filter': true }
    const { os, write } = createContainer({}, wanted)
    write()
    expect(os.writes).toEqual([
      `${CONTAINER} ${SYS}/ipv4/ip_forward 1`,
      `${CONTAINER} ${SYS}/core/somaxconn 0x10`,
      `${CONTAINER} ${SYS}/ipv4/conf/eth0/rp_filter 1`,
    ])
    os.enterNetns(os.openNetns(CONTAINER))
    expect(os.readFile(`${SYS}/core/somaxconn`)).toBe('0x10\n')
  })

  test('are undone in reverse order when the kernel refuses one', () => {
    const files = { [`${SYS}/ipv4/ip_local_port_range`]: { text: '32768\t60999\n', accept: () => refuse('EINVAL') } }
    const wanted = {
      'net.ipv4.ip_forward': 1,
      'net.core.somaxconn': 128,
      'net.ipv4.ip_local_port_range': '2 1',
      'net.ipv4.tcp_keepalive_time': 60,
    }
    const { os, write } = createContainer(files, wanted)
    expect(problemsOf(write)).toEqual([
      {
        code: 101,
        msg: 'net.ipv4.ip_local_port_range: the kernel refuses "2 1" (EINVAL): the first number is the larger one; it holds "32768 60999"',
        details: 'everything written before was put back',
      },
    ])
    expect(os.writes.map((line) => line.replace(`${CONTAINER} ${SYS}/`, ''))).toEqual([
      'ipv4/ip_forward 1',
      'core/somaxconn 128',
      'core/somaxconn 4096',
      'ipv4/ip_forward 0',
    ])
  })

  test('a vector of which the kernel took the first numbers is put back as well', () => {
    const accept = (text: string) => (text.endsWith(' 7\n') ? refuse('EINVAL', '5000\t6000\t33554432\n') : text)
    const files = { [`${SYS}/ipv4/tcp_rmem`]: { text: '4096\t131072\t33554432\n', accept } }
    const { write, textOf } = createContainer(files, { 'net.core.somaxconn': 1, 'net.ipv4.tcp_rmem': '5000 6000 7' })
    expect(problemsOf(write)[0]?.details).toBe('everything written before was put back')
    expect([textOf('ipv4/tcp_rmem'), textOf('core/somaxconn')]).toEqual(['4096\t131072\t33554432', '4096'])
  })

  test('what cannot be put back is named, and the rest is put back', () => {
    const once = (text: string) => (text === '128\n' ? text : refuse('EBUSY'))
    const files = {
      [`${SYS}/core/somaxconn`]: { text: '4096\n', accept: once },
      [`${SYS}/ipv4/route/flush`]: { text: '', mode: 0o200 },
      [`${SYS}/ipv4/tcp_keepalive_time`]: { text: '7200\n', writeFails: 'EINVAL' },
    }
    const wanted = {
      'net.ipv4.ip_forward': 1,
      'net.core.somaxconn': 128,
      'net.ipv4.route.flush': 1,
      'net.ipv4.tcp_keepalive_time': -1,
    }
    const { write, textOf } = createContainer(files, wanted)
    expect(problemsOf(write)).toEqual([
      {
        code: 101,
        msg: 'net.ipv4.tcp_keepalive_time: the kernel refuses "-1" (EINVAL): out of range; it holds "7200"; could not be put back: net.ipv4.route.flush, net.core.somaxconn',
        details: 'the rest was put back',
      },
    ])
    expect(textOf('ipv4/ip_forward')).toBe('0')
  })

  test('a refused write that may fail is logged, and those after it are made', () => {
    const files = { [`${SYS}/core/somaxconn`]: { text: '4096\n', writeFails: 'EINVAL' } }
    const { os, write, textOf } = createContainer(files, { '-net.core.somaxconn': -1, 'net.ipv4.ip_forward': 1 })
    write()
    expect(textOf('ipv4/ip_forward')).toBe('1')
    expect(os.stderr()).toBe('netns-sysctl: net.core.somaxconn: not set (EINVAL), ignored because of its "-"\n')
  })

  test.each(['EACCES', 'EPERM', 'EROFS'])(
    'a write denied with %s to what holds the value is not a failure',
    (errno) => {
      const files = { [`${SYS}/core/somaxconn`]: { text: '4096\n', writeFails: errno } }
      const { os, write, textOf } = createContainer(files, { 'net.core.somaxconn': '0x1000', 'net.ipv4.ip_forward': 1 })
      write()
      expect([os.stderr(), textOf('ipv4/ip_forward')]).toEqual(['', '1'])
    },
  )

  test('a write denied to what holds another value is a failure', () => {
    const files = { [`${SYS}/core/somaxconn`]: { text: '4096\n', writeFails: 'EPERM' } }
    expect(problemsOf(createContainer(files, { 'net.core.somaxconn': 1 }).write)).toEqual([
      {
        code: 101,
        msg: 'net.core.somaxconn: may not be written by the plugin (EPERM); it must run as root, outside any container',
        details: 'everything written before was put back',
      },
    ])
  })
})

test('reading back logs what the kernel made something else of, and only that', () => {
  const files = {
    [`${SYS}/ipv4/tcp_keepalive_time`]: { text: '7200\n', accept: () => '32767\n' },
    [`${SYS}/core/somaxconn`]: { text: '4096\n', accept: () => '16\n' },
  }
  const wanted = { 'net.ipv4.tcp_keepalive_time': 99999, 'net.core.somaxconn': '0x10', 'net.ipv4.route.flush': 1 }
  const { os, look } = createContainer(files, wanted)
  const targets = look()
  writeTargets(os, targets)
  verifyTargets(os, targets)
  expect(os.stderr()).toBe('netns-sysctl: net.ipv4.tcp_keepalive_time: wrote "99999", the kernel holds "32767"\n')
})
