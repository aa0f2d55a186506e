import { describe, expect, test } from 'vitest'
import { refuse } from '../../helpers/fake-os.ts'
import { files, inherit } from '../../helpers/inherit.ts'
import { CONTAINER, errorDocument } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'

describe('what is copied is written in an order in which nothing is undone', () => {
  test('forwarding first, because it resets others; then all, which reaches every interface; then the rest', () => {
    const host = files({
      'ipv4/conf/all/accept_redirects': '0',
      'ipv4/conf/default/rp_filter': '2',
      'ipv4/conf/all/forwarding': '1',
      'ipv6/conf/default/accept_ra': '0',
      'ipv6/conf/all/accept_ra': '0',
      'ipv6/conf/all/forwarding': '1',
      'ipv4/ip_forward': '1',
    })
    const patterns = [
      'net.ipv4.conf.IFNAME.rp_filter',
      'net.ipv6.conf.*.accept_ra',
      'net.*.conf.*.forwarding',
      'net.ipv4.*',
    ]
    const { writes } = inherit(patterns, host)
    const ranks = writes.map((line) => (/ip_forward |all\/forwarding /.test(line) ? 0 : line.includes('/all/') ? 1 : 2))
    expect(ranks).toEqual([...ranks].sort())
    expect(writes.slice(0, 3).sort()).toEqual([
      'ipv4/conf/all/forwarding 1',
      'ipv4/ip_forward 1',
      'ipv6/conf/all/forwarding 1',
    ])
    expect(writes).toContain('ipv4/conf/eth0/rp_filter 2')
  })

  test('what only begins with such a name is not among them', () => {
    const host = files({
      'ipv4/ip_forward_use_pmtu': '1',
      'ipv4/conf/all/forwarding': '1',
      'ipv4/conf/all/forwarding_x': '1',
    })
    const { writes } = inherit(['net.ipv4.ip_forward_*', 'net.ipv4.conf.all.forwarding*'], host)
    expect(writes[0]).toBe('ipv4/conf/all/forwarding 1')
    expect(writes.at(-1)).toBe('ipv4/ip_forward_use_pmtu 1')
  })

  test('within that in the order of the patterns', () => {
    const host = files({ 'a/x': '1', 'a/y': '2', 'a/z': '3' })
    expect(inherit(['net.a.z', 'net.a.x', 'net.a.?'], host).writes).toEqual(['a/z 3', 'a/x 1', 'a/y 2'])
  })
})

describe('what two patterns name is copied once', () => {
  test.each([
    ['a glob and a plain key', ['net.a.*', 'net.a.x']],
    ['a plain key and a glob', ['net.a.x', 'net.a.*']],
    ['two globs', ['net.a.*', 'net.a.?']],
    ['two spellings', ['net.a.x', 'net/a/x', 'net.a.y']],
  ])('%s', (_, patterns) => {
    const host = files({ 'a/x': '1', 'a/y': '2' })
    const { exitCode, writes } = inherit(patterns, host, files({ 'a/x': '0', 'a/y': '0' }))
    expect([exitCode, writes]).toEqual([0, ['a/x 1', 'a/y 2']])
  })

  test.each([[['net.a.*', 'net.a.x']], [['net.a.x', 'net.a.*']]])(
    '%j: and the failure of the plain key is an error, though a glob took it too',
    (patterns) => {
      const host = files({ 'a/x': '1', 'a/y': '2' })
      expect(inherit(patterns, host, files({ 'a/y': '0' })).answer).toEqual(
        errorDocument(
          101,
          'net.a.x: exists only on the host on Linux 6.18.44, for the whole node; set it there, in /etc/sysctl.d',
          'nothing was written',
        ),
      )
      const refusing = { ...files({ 'a/y': '0' }), [`${SYS}/a/x`]: { text: '0\n', accept: () => refuse('EINVAL') } }
      const { answer, os } = inherit(patterns, host, refusing)
      expect(answer).toMatchObject({ code: 101, details: 'everything written before was put back' })
      expect([os.textOf(CONTAINER, `${SYS}/a/x`), os.textOf(CONTAINER, `${SYS}/a/y`)]).toEqual(['0', '0'])
    },
  )
})

describe('sysctl wins over inherit', () => {
  const host = files({ 'a/x': '1', 'a/y': '2', 'ipv4/conf/default/rp_filter': '1' })

  test.each([
    ['of a plain key', ['net.a.x', 'net.a.y'], { 'net/a/x': 7 }, ['a/y 2', 'a/x 7']],
    ['of a glob', ['net.a.*'], { 'net.a.x': 7 }, ['a/y 2', 'a/x 7']],
    [
      'of IFNAME',
      ['net.ipv4.conf.IFNAME.rp_filter'],
      { 'net.ipv4.conf.eth0.rp_filter': 0 },
      ['ipv4/conf/eth0/rp_filter 0'],
    ],
    ['of what may fail', ['net.a.x'], { '-net.a.x': 7 }, ['a/x 7']],
  ])('%s', (_, patterns, sysctl, writes) => {
    expect(inherit(patterns, host, host, { sysctl })).toMatchObject({ exitCode: 0, writes })
  })

  test('and what a pod may set wins too', () => {
    const conf = {
      pod: { allow: ['net.a.x'] },
      runtimeConfig: { 'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': 'net.a.x = 9' } },
    }
    expect(inherit(['net.a.*'], host, host, conf).writes).toEqual(['a/y 2', 'a/x 9'])
  })

  test('and what a glob took is told without what sysctl sets', () => {
    const { stderr } = inherit(['net.a.*'], host, host, { sysctl: { 'net.a.x': 7 } })
    expect(stderr).toBe('netns-sysctl: inherit net.a.*: copies 1 from the host: net.a.y\n')
  })

  test('and a glob of which sysctl sets everything is no error', () => {
    const { exitCode, writes, stderr } = inherit(['net.a.x*'], host, host, { sysctl: { 'net.a.x': 7 } })
    expect([exitCode, writes, stderr]).toEqual([0, ['a/x 7'], ''])
  })
})

test('nothing of the host is read for a glob but what it matches', () => {
  const host = { ...files({ 'a/x': '1' }), [`${SYS}/b/y`]: { text: '', readFails: 'EIO' } }
  expect(inherit(['net.?.*'], host)).toMatchObject({ exitCode: 0, writes: ['a/x 1'] })
})
