// Runs each CNI command of the plugin, and writes V8's bytecode of the functions that
// they use: node training.ts BUNDLE ROOT BYTECODE. The bytecode is only for the same Node with the same flags.
// The plugin sees the folder ROOT as /, and setns(2) does nothing: this needs no rights and changes nothing.
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { SYSCALLS } from './syscalls.ts'

/** Each finds the state that the ones before it have left. */
const COMMANDS = ['VERSION', 'STATUS', 'ADD', 'CHECK', 'GC', 'DEL']

const ENV = {
  CNI_CONTAINERID: 'training',
  CNI_NETNS: '/run/netns/training',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/opt/cni/bin',
}

const CONF = {
  cniVersion: '1.1.0',
  name: 'training',
  type: 'netns-sysctl',
  sysctl: { 'net.core.somaxconn': '16384', 'net.ipv4.tcp_fin_timeout': '30', 'net.ipv4.conf.IFNAME.rp_filter': '2' },
  prevResult: {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'eth0', mac: '22:6f:b3:18:c4:7a', sandbox: '/run/netns/training' }],
    ips: [{ interface: 0, address: '10.22.0.5/16', gateway: '10.22.0.1' }],
    routes: [{ dst: '0.0.0.0/0' }],
    dns: {},
  },
  'cni.dev/valid-attachments': [{ containerID: 'training', ifname: 'eth0' }],
}

const FILES: Readonly<Record<string, string>> = {
  '/run/netns/training': '',
  '/proc/thread-self/ns/net': '',
  '/proc/thread-self/net/dev': '  eth0: 0\n',
  '/proc/self/limits': 'Max open files            1024                 524288               files     \n',
  '/proc/self/status': 'CapEff:\t000001ffffffffff\n',
  '/proc/sys/kernel/random/boot_id': '00000000-0000-4000-8000-000000000000\n',
  '/proc/sys/net/core/somaxconn': '4096\n',
  '/proc/sys/net/ipv4/ip_forward': '1\n',
  '/proc/sys/net/ipv4/tcp_fin_timeout': '60\n',
  '/proc/sys/net/ipv4/conf/eth0/rp_filter': '0\n',
  '/stdin': JSON.stringify(CONF),
}

/** The file system types from statfs(2), which the commands need. */
const PROCFS = 0x9fa0
const NSFS = 0x6e736673

/** Replaces the end of the process. */
class Exit {
  readonly code: number

  constructor(code: number) {
    this.code = code
  }
}

/** Of the C library there is only syscall(2): each call succeeds. */
class DynamicLibrary {
  getFunction() {
    return (number: bigint, first: bigint): bigint => {
      if (number === BigInt(SYSCALLS.exit_group)) throw new Exit(Number(first))
      // A socket is closed again, so this must be no open file.
      return number === BigInt(SYSCALLS.socket) ? 9999n : 0n
    }
  }
}

const [bundle = '', root = '', bytecode = ''] = process.argv.splice(2)
for (const [path, text] of Object.entries(FILES)) {
  fs.mkdirSync(dirname(root + path), { recursive: true })
  if (!fs.existsSync(root + path)) fs.writeFileSync(root + path, text)
}
const script = new Script(fs.readFileSync(bundle, 'latin1'), { filename: 'netns-sysctl.js' })
for (const command of COMMANDS) run(command)
fs.writeFileSync(bytecode, script.createCachedData())

function run(command: string): void {
  Object.assign(process.env, ENV, { CNI_COMMAND: command })
  const stdin = fs.openSync(`${root}/stdin`, 'r')
  let written = ''
  const modules: Readonly<Record<string, unknown>> = {
    'node:ffi': { DynamicLibrary, getRawPointer: () => 0n },
    'node:fs': {
      ...fsBelow(root),
      ...trustedBelow(root),
      statfsSync: (path: string) => ({ type: fs.readlinkSync(path).includes('/proc/sys/') ? PROCFS : NSFS }),
      readSync: (fd: number, ...rest: [Buffer]) => fs.readSync(fd === 0 ? stdin : fd, ...rest),
      writeSync(fd: number, bytes: Buffer, ...rest: number[]) {
        if (fd !== 1 && fd !== 2) return fs.writeSync(fd, bytes, ...rest)
        written += bytes
        return bytes.length
      },
    },
  }
  try {
    script.runInThisContext()((name: string) => modules[name] ?? process.getBuiltinModule(name))
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    if (error.code !== 0) throw new Error(`${command} failed: ${written}`)
  }
}

type StatFunction = (path: string, options?: { bigint: boolean }) => object

/** The folder of the undo records and those above it must belong to root. */
function trustedBelow(root: string): Record<string, unknown> {
  const own = { uid: 0, mode: 0o40700 }
  const trust = (stat: StatFunction) => (path: string, options?: { bigint: boolean }) =>
    Object.assign(stat(placeBelow(root, path) as string, options), own)
  return {
    lstatSync: trust(fs.lstatSync as StatFunction),
    statSync: trust(fs.statSync as StatFunction),
    fstatSync(fd: number, options?: { bigint: boolean }) {
      const status = fs.fstatSync(fd, options)
      return status.isDirectory() ? Object.assign(status, own) : status
    },
  }
}

/** A path of the plugin's. A path through a descriptor is below the root already. */
function placeBelow(root: string, value: unknown): unknown {
  const isPath = typeof value === 'string' && value.startsWith('/') && !value.startsWith('/proc/self/fd/')
  return isPath ? root + value : value
}

/** node:fs with the folder `root` as its root. */
function fsBelow(root: string): Record<string, unknown> {
  const place = (value: unknown) => placeBelow(root, value)
  const members = Object.entries(fs).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member]
    return [name, (...args: unknown[]) => Reflect.apply(member, fs, args.map(place))]
  })
  return Object.fromEntries(members)
}
