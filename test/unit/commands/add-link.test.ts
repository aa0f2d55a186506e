import { describe, expect, test } from 'vitest'
import { refuse } from '../../helpers/fake-os.ts'
import { type Asked, ask, CONTAINER, ETH0, errorDocument, PREV_RESULT, RECORD } from '../../helpers/requests.ts'

const MAC = '0a:58:0a:f4:01:02'
const SOMAXCONN = '/proc/sys/net/core/somaxconn'

function add(conf: Readonly<Record<string, unknown>>, asked: Asked = {}) {
  const answered = ask('ADD', { ...asked, conf })
  return { ...answered, link: answered.os.linkOf(CONTAINER, asked.env?.CNI_IFNAME ?? 'eth0') }
}

describe('ADD sets the attributes of the interface', () => {
  test('all of them, before the sysctls, and the result has the new mac and mtu', () => {
    const conf = { mac: '0A-58-0A-F4-01-02', mtu: 1400, promisc: true, allmulti: true, txQLen: 5 }
    const { exitCode, answer, link, os } = add({ ...conf, sysctl: { 'net.core.somaxconn': 1 } })
    expect([exitCode, link]).toEqual([0, { mac: MAC, mtu: 1400, flags: 0x1343, txQLen: 5 }])
    expect(answer).toEqual({ ...PREV_RESULT, interfaces: [{ ...PREV_RESULT.interfaces[0], mac: MAC, mtu: 1400 }] })
    expect(os.writes).toEqual([`${RECORD} replaced`, `${CONTAINER} ${SOMAXCONN} 1`])
  })

  test.each(['0.4.0', '1.0.0'])('without an mtu in the result of %s', (cniVersion) => {
    const { answer } = add({ cniVersion, mac: MAC, mtu: 1400 })
    const interfaces = [{ ...PREV_RESULT.interfaces[0], mac: MAC }]
    expect(answer).toEqual({ cniVersion, interfaces })
  })

  test('and changes nothing else of the result, exactly', () => {
    const members = '"x" : 1.0e3, "interfaces" :\n[ {"name":"eth0", "sandbox": "/x",  "later":12345678901234567890} ]'
    const stdin = `{"cniVersion":"1.1.0","name":"net1","mtu":1400,"prevResult":{ "cniVersion":"1.1.0",${members}}}`
    const expected = members.replace('"name"', '"mtu":1400,"name"')
    expect(ask('ADD', { stdin }).stdout).toBe(`{ "cniVersion":"1.1.0",${expected}}\n`)
  })

  test.each([
    ['the configuration', {}, '', '02:00:00:00:00:01'],
    ['CNI_ARGS', {}, 'IgnoreUnknown=1;K8S_POD_NAME=x;MAC=02:00:00:00:00:02', '02:00:00:00:00:02'],
    ['runtimeConfig', { runtimeConfig: { mac: '02:00:00:00:00:03' } }, 'MAC=02:00:00:00:00:02', '02:00:00:00:00:03'],
    [
      'args.cni',
      { RuntimeConfig: { Mac: '02:00:00:00:00:03' }, args: { cni: { mac: '02:00:00:00:00:04' } } },
      'MAC=02:00:00:00:00:02',
      '02:00:00:00:00:04',
    ],
  ])('of which %s may be the last word', (_, conf, envArgs, mac) => {
    expect(add({ mac: '02:00:00:00:00:01', ...conf }, { env: { CNI_ARGS: envArgs } }).link?.mac).toBe(mac)
  })

  test.each([{ mac: '', mtu: 0 }, { args: { cni: { mac: '', mtu: 0 } } }, { runtimeConfig: { mac: '' } }])(
    'none where %j',
    (conf) => {
      const { link, answer, os } = add(conf)
      expect([link, answer, os.writes]).toEqual([ETH0, PREV_RESULT, []])
    },
  )

  test('also where the sysctls are not restored, and those are not in the record then', () => {
    const { os } = add({ mtu: 1400, restoreOnDel: false, sysctl: { 'net.core.somaxconn': 1 } })
    expect(JSON.parse(os.readFile(RECORD))).toMatchObject({ ids: ['link:eth0:mtu'], found: ['1500'], after: ['1400'] })
  })
})

describe('ADD is refused, and nothing is changed', () => {
  test.each([
    ['no MAC address', { mac: 'x' }, 2, 'mac "x" is not a MAC address, like 0a:58:0a:f4:01:02'],
    ['a multicast address', { mac: 'ff:ff:ff:ff:ff:ff' }, 2, expect.stringContaining('is a multicast address')],
    ['all zeros', { mac: '00:00:00:00:00:00' }, 2, expect.stringContaining('is all zeros')],
    ['a negative mtu', { mtu: -1 }, 2, 'mtu -1 must be from 0 to 2147483647'],
    ['a negative txQLen', { txQLen: -1 }, 2, 'txQLen -1 must be from 0 to 2147483647'],
    [
      'an mtu out of range',
      { mac: MAC, mtu: 10 },
      101,
      'mtu of eth0: the kernel refuses 10 (EINVAL): out of the range of the device, which is 68 to 65535 for a veth; it holds 1500',
    ],
    ['text for a flag', { promisc: 'on' }, 6, 'promisc must be true or false, not "on"'],
  ])('with %s', (_, conf, code, msg) => {
    const { exitCode, answer, link, os } = add({ ...conf, sysctl: { 'net.core.somaxconn': 1 } })
    expect([exitCode, answer]).toMatchObject([1, { code, msg }])
    expect([link, os.textOf(CONTAINER, SOMAXCONN)]).toEqual([ETH0, '4096'])
  })

  test('for an interface that is not there', () => {
    expect(add({ mtu: 1400, promisc: true }, { env: { CNI_IFNAME: 'eth1' } }).answer).toEqual(
      errorDocument(
        101,
        'mtu of eth1, promisc of eth1: there is no interface eth1 here; there are lo, eth0',
        'nothing was written',
      ),
    )
  })

  test('with every wrong value at once', () => {
    const { answer } = add({ mac: 'x', mtu: -1, txQLen: 1.5, args: { cni: { promisc: 7 } } })
    expect(answer).toMatchObject({
      code: 6,
      msg: expect.stringMatching(/txQLen.*args\.cni\.promisc.*mac "x".*mtu -1/),
    })
  })

  test('where a sysctl is refused: the attributes are put back with the sysctls, and no record stays', () => {
    const container = { '/proc/sys/net/ipv4/ip_forward': { text: '0\n', accept: () => refuse('EINVAL') } }
    const sysctl = { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 7 }
    const { answer, link, os } = add({ mac: MAC, mtu: 1400, promisc: true, sysctl }, { container })
    expect(answer).toMatchObject({ code: 101, details: 'everything written before was put back' })
    expect([link, os.textOf(CONTAINER, SOMAXCONN), os.list('/run/cni/netns-sysctl')]).toEqual([ETH0, '4096', []])
  })
})
