import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir, recordPath } from '../helpers/data-dir.ts'
import { callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { envOf, formatConf } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

/** Flags that every interface has, and `all`; none of them sets another. */
const FLAGS =
  'accept_local accept_redirects accept_source_route arp_accept arp_announce arp_filter arp_ignore arp_notify ' +
  'bootp_relay disable_policy disable_xfrm drop_gratuitous_arp drop_unicast_in_l2_multicast ' +
  'ignore_routes_with_linkdown log_martians promote_secondaries proxy_arp proxy_arp_pvlan route_localnet rp_filter ' +
  'secure_redirects send_redirects shared_media src_valid_mark'
const NAMES = ['all', 'lo', 'eth0', 'eth0p'].flatMap((link) =>
  FLAGS.split(' ').map((flag) => `net/ipv4/conf/${link}/${flag}`),
)
const BEFORE: Sysctls = Object.fromEntries(NAMES.map((name) => [name, '0']))
const sysctl = Object.fromEntries(NAMES.map((name) => [name, 1]))
const countWritten = () => Object.values(readSysctls(netns, NAMES)).filter((value) => value === '1').length

let dataDir: string
let killed: number[]
beforeEach(() => {
  killed = []
  dataDir = newDataDir()
  writeSysctls(netns, BEFORE)
})

/** Starts the plugin with a configuration of all the flags on stdin. */
function start(command: string): ChildProcess {
  const stdin = join(tmpdir(), 'kill-stdin')
  writeFileSync(stdin, formatConf({ dataDir, sysctl }))
  const fd = openSync(stdin, 'r')
  const [file, ...args] = netns.hostCommand([EXECUTABLE])
  const env = { ...process.env, ...envOf(command), CNI_NETNS: netns.path }
  const child = spawn(file, args, { env, stdio: [fd, 'ignore', 'ignore'] })
  closeSync(fd)
  return child
}

/** Waits in a busy loop, because a timer would be milliseconds late. */
function spin(isOver: () => boolean, most = 2000): void {
  const end = performance.now() + most
  while (!isOver() && performance.now() < end);
}

const spinFor = (milliseconds: number) => spin(() => false, milliseconds)

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

/** The DEL that a runtime sends after a failed ADD: it leaves no trace. */
function expectDelCleans(): void {
  killed.push(countWritten())
  expect(callPlugin(netns, 'DEL', { conf: { dataDir, prevResult: undefined, sysctl } })).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  })
  expect(countWritten()).toBe(0)
  expect(namesIn(dataDir)).toEqual([])
}

/** How long a command takes, in milliseconds. */
async function timeOf(command: string): Promise<number> {
  const begin = performance.now()
  const child = start(command)
  await new Promise((resolve) => child.once('exit', resolve))
  return performance.now() - begin
}

const MOMENTS = 40

describe('an ADD that is killed is undone by the DEL that follows', () => {
  test('at any moment of its life', async () => {
    await timeOf('ADD')
    const life = await timeOf('ADD')
    expectDelCleans()
    killed = []
    // Later and later, until one has written everything: on a busy machine that may take long.
    for (let moment = 0; moment < MOMENTS || killed.at(-1) !== NAMES.length; moment++) {
      const child = start('ADD')
      spinFor((life * moment) / MOMENTS)
      await kill(child)
      expectDelCleans()
    }
    expect(killed[0]).toBe(0)
  })

  test('at any moment from its record on', async () => {
    const record = recordPath(dataDir, 'c1/net1@eth0.json')
    const isBetween = (count: number) => count > 0 && count < NAMES.length
    // Until one was killed between the first write and the last.
    for (let moment = 0; moment < MOMENTS || !killed.some(isBetween); moment++) {
      const child = start('ADD')
      spin(() => existsSync(record))
      spinFor((moment % MOMENTS) * 0.05)
      await kill(child)
      expectDelCleans()
    }
  })
})

test('a DEL that is killed is finished by the next', async () => {
  // Later and later, until one has put back everything.
  for (let moment = 0; moment < MOMENTS || killed.at(-1) !== 0; moment++) {
    await timeOf('ADD')
    expect(countWritten()).toBe(NAMES.length)
    const child = start('DEL')
    spinFor(moment)
    await kill(child)
    expectDelCleans()
  }
  expect(killed[0]).toBe(NAMES.length)
})
