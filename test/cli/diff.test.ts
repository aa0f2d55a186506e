import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callPlugin } from '../helpers/executable.ts'
import { listOf } from '../helpers/lint.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { newFolder, type, typeUnprivileged } from '../helpers/operator.ts'
import { writeSysctls } from '../helpers/sysctls.ts'

const ENTRY = {
  mtu: 1400,
  sysctl: {
    'net.core.somaxconn': 16384,
    'net.ipv4.ip_local_port_range': '1024 65535',
    'net.ipv4.conf.IFNAME.rp_filter': 2,
  },
}

let netns: Netns
let file: string
beforeEach(async () => {
  netns = await createNetns()
  addVeth(netns)
  file = join(newFolder(), 'x.conflist')
  writeFileSync(file, listOf(ENTRY))
})
afterEach(() => netns.close())

const diff = (...args: readonly string[]) => type(['diff', ...args], { at: netns })
const row = (name: string, stdout: string) =>
  stdout
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(/ {2,}/)

test('a container that was not set up differs', () => {
  const { status, stdout } = diff('--netns', netns.path, file)
  expect(status).toBe(1)
  expect(row('mtu of eth0', stdout)).toEqual(['mtu of eth0', '1400', '1500', 'differs'])
  expect(row('net.ipv4.ip_local_port_range', stdout)).toEqual([
    'net.ipv4.ip_local_port_range',
    '1024 65535',
    '32768 60999',
    'differs',
  ])
})

test('after ADD there is no difference, and after a change by hand there is', () => {
  expect(callPlugin(netns, 'ADD', { conf: ENTRY }).status).toBe(0)
  expect(diff('--netns', netns.path, file)).toMatchObject({ status: 0, stdout: expect.not.stringContaining('differs') })
  writeSysctls(netns, { 'net/core/somaxconn': '99' })
  const { status, stdout } = diff('--netns', netns.path, '--json', file)
  expect(status).toBe(1)
  const { differences } = JSON.parse(stdout) as { differences: { isSame: boolean }[] }
  expect(differences.filter(({ isSame }) => !isSame)).toEqual([
    { name: 'net.core.somaxconn', wanted: '16384', current: '99', isSame: false, mayDiffer: false, remark: 'differs' },
  ])
})

test('--pid names the container too, and --ifname its interface', () => {
  const pid = netns.path.split('/')[2] ?? ''
  addVeth(netns, 'net1')
  const { status, stdout } = diff('--pid', pid, '--ifname', 'net1', file)
  expect(status).toBe(1)
  expect(row('mtu of net1', stdout)?.slice(1)).toEqual(['1400', '1500', 'differs'])
  expect(diff('--pid', pid, '--ifname', 'net2', file).stdout).toContain(
    'there is no interface net2 here; there are lo, ',
  )
})

test('the netns of the host is refused', () => {
  const { status, stderr } = type(['diff', '--pid', String(process.pid), file])
  expect([status, stderr]).toEqual([
    2,
    `netns-sysctl: /proc/${process.pid}/ns/net is the host's network namespace: what runs in it gets nothing of this plugin\n`,
  ])
})

test('what is not a netns is refused', () => {
  expect(type(['diff', '--netns', file, file]).stderr).toBe(`netns-sysctl: ${file} is not a network namespace\n`)
  expect(type(['diff', '--pid', '4194305', file]).stderr).toBe('netns-sysctl: there is no process 4194305\n')
})

test('others than root are told to be root', () => {
  const { status, stderr } = typeUnprivileged(['diff', '--netns', netns.path, file])
  expect(status).toBe(2)
  expect(stderr).toMatch(/permission denied; run it as root \((EACCES|EPERM)\)\n$/)
})

test('nothing is written', () => {
  const values = () => netns.inside(['grep', '-rs', '', '/proc/sys/net/core', '/proc/sys/net/ipv4/conf']).stdout
  const before = values()
  diff('--netns', netns.path, file)
  expect(values()).toBe(before)
})
