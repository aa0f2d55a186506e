import { runCli } from '../../plugin/cli/cli.ts'
import { main } from '../../plugin/main.ts'
import type { Os } from '../../plugin/os/os.ts'
import type { FakeLink } from './fake-link.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, type FakeOs, HOST, usualHost, usualNetns } from './fake-os.ts'

/** The netns of the container that the requests are for. */
export const CONTAINER = '/run/netns/c1'

/** The result of the network plugin before this one. */
export const PREV_RESULT = { cniVersion: '1.1.0', interfaces: [{ name: 'eth0', sandbox: CONTAINER }] }

/** The path of its undo record. */
export const DATA_DIR = '/run/cni/netns-sysctl'
export const RECORD = `${DATA_DIR}/containers/c1/net1@eth0.json`

export interface Asked {
  /** Members of the configuration; `undefined` removes one. */
  readonly conf?: Readonly<Record<string, unknown>>
  /** The whole of stdin, instead of a configuration. */
  readonly stdin?: FakeMachine['stdin']
  readonly env?: Readonly<Record<string, string>>
  /** Changed files of the container's netns. */
  readonly container?: FakeFiles
  readonly host?: FakeFiles
  /** Files outside every netns. */
  readonly files?: FakeFiles
  readonly machine?: FakeMachine
  /** The state after an earlier request; then the changes apply to that state, not to the usual one. */
  readonly after?: Answered
  /** The plugin's operating system in a test. */
  readonly wrap?: (os: FakeOs) => Os
}

export interface Answered {
  readonly exitCode: number
  readonly stdout: string
  /** The JSON document on stdout; undefined if nothing was printed. */
  readonly answer: unknown
  readonly os: FakeOs
}

/** Runs main() for one command on a node with one container, whose interface is eth0. */
export function ask(command: string, asked: Asked = {}): Answered {
  const os = createFakeOs(toMachine(command, asked))
  const exitCode = main(asked.wrap?.(os) ?? os, runCli)
  const stdout = os.stdout()
  return { exitCode, stdout, answer: stdout === '' ? undefined : JSON.parse(stdout), os }
}

/** The text of a valid configuration with its members changed. */
export function formatConf(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    cniVersion: '1.1.0',
    name: 'net1',
    type: 'netns-sysctl',
    prevResult: PREV_RESULT,
    ...changes,
  })
}

/** The interface of the container, as a veth is made. */
export const ETH0: FakeLink = { mac: '5a:00:00:00:00:01', mtu: 1500, flags: 0x1043, txQLen: 1000 }

/** What a runtime sets for the container. */
export function envOf(command: string): Record<string, string> {
  return {
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: CONTAINER,
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/opt/cni/bin',
  }
}

/** An error document as a whole. */
export function errorDocument(code: number, msg: string, details = '', cniVersion = '1.1.0') {
  return { cniVersion, code, msg, details }
}

/** Files that every node has outside the network namespaces. */
export const NODE_FILES: FakeFiles = {
  '/proc/sys/kernel/osrelease': '6.18.44-0-virt\n',
  '/proc/sys/kernel/random/boot_id': 'boot 1\n',
  '/proc/uptime': '1000.00 2000.00\n',
  '/proc/self/status': 'Name:\tnetns-sysctl\nCapEff:\t000001ffffffffff\n',
}

function toMachine(command: string, { conf, stdin, env, container, host, files, machine, after }: Asked): FakeMachine {
  const isFirst = after === undefined
  const netns = isFirst
    ? { [HOST]: usualHost(host), [CONTAINER]: usualNetns(container) }
    : { [HOST]: host ?? {}, [CONTAINER]: container ?? {} }
  return {
    env: { ...envOf(command), ...env },
    stdin: stdin ?? formatConf(conf),
    netns,
    files: { ...(isFirst && NODE_FILES), ...files },
    links: isFirst ? { [CONTAINER]: { eth0: ETH0 } } : {},
    ...(after !== undefined && { state: after.os.state }),
    ...machine,
  }
}
