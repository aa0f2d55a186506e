import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import type { Netns } from '../helpers/netns.ts'
import type { Case } from './sample.ts'

/** The executables to be measured. */
export interface Executables {
  readonly plugin: string
  /** {@link file://./empty.ts}, packed as the plugin is. */
  readonly empty: string
  /** Go's tuning plugin. */
  readonly peer: string | undefined
}

export const EMPTY = 'empty script, packed alike'
export const ADD = 'netns-sysctl ADD'

/** A netns for each command that acts in one, so that none finds what another has left there. */
export type Namespaces = Readonly<Record<'add' | 'check' | 'del' | 'peer', Netns>>

export function createCases({ plugin, empty, peer }: Executables, namespaces: Namespaces, dataDir: string): Case[] {
  const { add, check, del } = namespaces
  const attachment = (name: string, command: string, executable: string, netns: Netns) =>
    createCase(name, netns.hostCommand([executable]), formatRequest(executable, dataDir), {
      CNI_COMMAND: command,
      CNI_NETNS: netns.path,
    })
  for (const netns of [check, del]) attachment('ADD', 'ADD', plugin, netns).run()
  return [
    createCase('/bin/true', add.hostCommand(['/bin/true']), '', {}),
    createCase(EMPTY, add.hostCommand([empty]), '', {}),
    createCase('netns-sysctl VERSION', add.hostCommand([plugin]), '{"cniVersion":"1.0.0"}', { CNI_COMMAND: 'VERSION' }),
    attachment(ADD, 'ADD', plugin, add),
    attachment('netns-sysctl CHECK', 'CHECK', plugin, check),
    attachment('netns-sysctl DEL', 'DEL', plugin, del),
    ...(peer === undefined ? [] : [attachment('tuning (Go) ADD', 'ADD', peer, namespaces.peer)]),
  ]
}

function createCase(
  name: string,
  [file, ...args]: readonly [string, ...string[]],
  input: string,
  variables: Readonly<Record<string, string>>,
): Case {
  const env = {
    PATH: process.env.PATH,
    CNI_CONTAINERID: 'bench',
    CNI_IFNAME: 'lo',
    CNI_PATH: '/opt/cni/bin',
    ...variables,
  }
  return {
    name,
    run() {
      const { status, stdout, stderr, error } = spawnSync(file, args, { input, env })
      // A child that reads no stdin may be gone before it is written.
      if (status === 0 && (error === undefined || (error as NodeJS.ErrnoException).code === 'EPIPE')) return
      throw new Error(`${name} ended with ${status}: ${error?.message ?? ''}${stdout}${stderr}`)
    },
  }
}

/** Three sysctls, and a prevResult of the size that bridge gives. */
function formatRequest(executable: string, dataDir: string): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'bench',
    prevResult: {
      cniVersion: '1.0.0',
      interfaces: [
        { name: 'cni0', mac: '5a:1c:d2:0e:86:31' },
        { name: 'veth3b1f09c7', mac: '8e:9a:41:f0:27:d5' },
        { name: 'eth0', mac: '22:6f:b3:18:c4:7a', sandbox: '/var/run/netns/cni-95c9d0b8-cb51-caaa-4ecd-59526d0227f6' },
      ],
      ips: [{ interface: 2, address: '10.22.0.5/16', gateway: '10.22.0.1' }],
      routes: [{ dst: '0.0.0.0/0' }],
      dns: {},
    },
    sysctl: {
      'net.core.somaxconn': '16384',
      'net.ipv4.ip_local_port_range': '1024 65535',
      'net.ipv4.tcp_keepalive_time': '300',
    },
    type: basename(executable),
    dataDir,
  })
}
