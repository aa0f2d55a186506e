import { accessSync, constants } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { bringUp, ip, type LinkState, readLink, writeLink } from '../helpers/links.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
bringUp(netns)

const LINK: LinkState = { mac: '0a:00:00:00:00:01', mtu: 1500, promisc: false, allmulti: false, txQLen: 1000 }
writeLink(netns, LINK)
const PUT_BACK = 'everything written before was put back'

describe('ADD refuses, and changes nothing,', () => {
  const range = 'must be from 0 to 2147483647'
  const outOfRange = (mtu: number) =>
    `mtu of eth0: the kernel refuses ${mtu} (EINVAL): out of the range of the device, which is 68 to 65535 for a veth; ` +
    'it holds 1500'

  test.each<[string, object, number, string, string]>([
    [
      'a multicast MAC address',
      { mac: '01:00:5e:00:00:01' },
      2,
      'mac "01:00:5e:00:00:01" is a multicast address: its first byte is odd',
      '',
    ],
    [
      'the broadcast address',
      { mac: 'ff:ff:ff:ff:ff:ff' },
      2,
      'mac "ff:ff:ff:ff:ff:ff" is a multicast address: its first byte is odd',
      '',
    ],
    ['zeros', { mac: '00:00:00:00:00:00' }, 2, 'mac "00:00:00:00:00:00" is all zeros', ''],
    [
      'a text that is not a MAC address',
      { mac: 'eth0' },
      2,
      'mac "eth0" is not a MAC address, like 0a:58:0a:f4:01:02',
      '',
    ],
    [
      'an EUI-64',
      { mac: '0a:00:00:ff:fe:00:00:01' },
      2,
      'mac "0a:00:00:ff:fe:00:00:01" is not a MAC address, like 0a:58:0a:f4:01:02',
      '',
    ],
    ['a MAC address that is a number', { mac: 1 }, 6, 'mac must be a string, not 1', ''],
    ['a negative mtu', { mtu: -1 }, 2, `mtu -1 ${range}`, ''],
    ['an mtu beyond an int', { mtu: 2147483648 }, 2, `mtu 2147483648 ${range}`, ''],
    ['an mtu that is a string', { mtu: '1400' }, 6, 'mtu must be an integer, not "1400"', ''],
    ['an mtu below what the device can have', { mtu: 67 }, 101, outOfRange(67), PUT_BACK],
    ['an mtu above what the device can have', { mtu: 65536 }, 101, outOfRange(65536), PUT_BACK],
    ['a negative txQLen', { txQLen: -1 }, 2, `txQLen -1 ${range}`, ''],
    ['a txQLen beyond an int', { txQLen: 4294967295 }, 2, `txQLen 4294967295 ${range}`, ''],
    ['promisc that is a number', { promisc: 1 }, 6, 'promisc must be true or false, not 1', ''],
    ['allmulti that is a string', { allmulti: 'true' }, 6, 'allmulti must be true or false, not "true"', ''],
    [
      'all of what is wrong at once, where it was written',
      { mtu: -1, runtimeConfig: { mac: 'x' }, args: { cni: { txQLen: -2 } } },
      2,
      `runtimeConfig.mac "x" is not a MAC address, like 0a:58:0a:f4:01:02; mtu -1 ${range}; args.cni.txQLen -2 ${range}`,
      '',
    ],
  ])('%s', (_, wanted, code, msg, details) => {
    const dataDir = newDataDir()
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, promisc: true, ...wanted } })).toEqual({
      exitCode: 1,
      answer: errorDocument(code, msg, details),
    })
    expect(readLink(netns)).toEqual(LINK)
    expect(namesIn(dataDir)).toEqual([])
  })

  test('a multicast MAC address of CNI_ARGS', () => {
    expect(outcomeOf(netns, 'ADD', { env: { CNI_ARGS: 'MAC=01:00:5e:00:00:01' } })).toEqual({
      exitCode: 1,
      answer: errorDocument(2, 'CNI_ARGS.mac "01:00:5e:00:00:01" is a multicast address: its first byte is odd'),
    })
  })
})

describe('an interface that is not there', () => {
  const conf = { mac: '0a:00:00:00:00:02', mtu: 1400, sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 2 } }
  const call = { conf, env: { CNI_IFNAME: 'eth7' } }

  test('is named by ADD, with those that are', () => {
    expect(outcomeOf(netns, 'ADD', call)).toEqual({
      exitCode: 1,
      answer: errorDocument(
        101,
        'mac of eth7, mtu of eth7, net.ipv4.conf.eth7.rp_filter: there is no interface eth7 here; ' +
          'there are lo, eth0p, eth0',
        'nothing was written',
      ),
    })
  })

  test('is named by CHECK', () => {
    expect(outcomeOf(netns, 'CHECK', call)).toEqual({
      exitCode: 1,
      answer: errorDocument(
        102,
        'the interface eth7 (CNI_IFNAME) does not exist in the container; there are lo, eth0p, eth0; ' +
          'mac of eth7: cannot be read (ENODEV); mtu of eth7: cannot be read (ENODEV); ' +
          'net.ipv4.conf.eth7.rp_filter: cannot be read (ENOENT)',
      ),
    })
  })
})

describe('an interface that is up', () => {
  test('gets a MAC address, and keeps its routes', () => {
    ip(netns, ['addr', 'add', '10.7.0.2/24', 'dev', 'eth0'])
    ip(netns, ['route', 'add', 'default', 'via', '10.7.0.1'])
    const before = ip(netns, ['route'])
    const conf = { dataDir: newDataDir(), mac: '0a:00:00:00:00:02' }
    expect(outcomeOf(netns, 'ADD', { conf })).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual({ ...LINK, mac: '0a:00:00:00:00:02' })
    expect(ip(netns, ['route'])).toBe(before)
    expect(outcomeOf(netns, 'DEL', { conf })).toEqual({ exitCode: 0, answer: undefined })
    expect(readLink(netns)).toEqual(LINK)
    expect(ip(netns, ['route'])).toBe(before)
  })

  test('may have the MAC address already', () => {
    expect(outcomeOf(netns, 'ADD', { conf: { mac: LINK.mac } })).toEqual({
      exitCode: 0,
      answer: { ...PREV_RESULT, interfaces: [{ ...PREV_RESULT.interfaces[0], mac: LINK.mac }] },
    })
  })
})

/** Throws if no device without a MAC address can be made, with the remedy. */
function requireTun(): void {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
  } catch {
    throw new Error(
      '/dev/net/tun cannot be opened: run the tests as root; if there is none, modprobe tun (Debian: the package linux-image-amd64), ' +
        'or give the container that device',
    )
  }
}

test('a device that has no MAC address says so', () => {
  requireTun()
  const name = 'tun0'
  ip(netns, ['tuntap', 'add', name, 'mode', 'tun'])
  const call = { conf: { mac: '0a:00:00:00:00:02' }, env: { CNI_IFNAME: name } }
  expect(outcomeOf(netns, 'ADD', call)).toEqual({
    exitCode: 1,
    answer: errorDocument(
      101,
      `mac of ${name}: the kernel refuses 0a:00:00:00:00:02 (ENOTSUP): the device cannot change it; ` +
        'it holds 00:00:00:00:00:00',
      PUT_BACK,
    ),
  })
})
