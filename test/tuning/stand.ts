import { newDataDir } from '../helpers/data-dir.ts'
import { type Call, callPlugin } from '../helpers/executable.ts'
import { bringUp } from '../helpers/links.ts'
import { type EtcFiles, withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns, type Netns, readSysctl } from '../helpers/netns.ts'
import { pathOf } from '../helpers/sysctls.ts'

/** A plugin to compare: the path of its executable, and a container for it. */
export interface Stand {
  readonly netns: Netns
  /** The folder in which the plugin stores what DEL needs. */
  readonly dataDir: string
  readonly ask: (command: string, asked?: Asked) => Answer
  /** A sysctl's value in the container; tabs become blanks. */
  readonly sysctl: (name: string) => string
  readonly close: () => Promise<void>
}

export interface Asked extends Pick<Call, 'env' | 'isInside'> {
  /** Members of the configuration in addition to those of every call. */
  readonly conf?: Readonly<Record<string, unknown>>
  /** The whole of stdin, made from those members. */
  readonly toStdin?: (conf: Readonly<Record<string, unknown>>) => string
  /** The files of /etc. */
  readonly etc?: EtcFiles
}

export interface Answer {
  readonly exitCode: number | null
  readonly stdout: string
  /** The JSON documents on stdout. */
  readonly documents: readonly Readonly<Record<string, unknown>>[]
}

/** Makes a container with an interface eth0 that is up. */
export async function createStand(executable: string): Promise<Stand> {
  const netns = await createNetns()
  const dataDir = newDataDir()
  addVeth(netns)
  bringUp(netns)
  return {
    netns,
    dataDir,
    ask(command, { conf, toStdin = JSON.stringify, etc, ...call } = {}) {
      const wrap = () => (etc === undefined ? ([executable] as const) : withEtc(etc)(executable))
      const stdin = toStdin({ ...confOf(netns.path, dataDir), ...conf })
      const { status, stdout } = callPlugin(netns, command, { stdin, wrap, ...call })
      return { exitCode: status, stdout, documents: parseDocuments(stdout) }
    },
    sysctl: (name) => readSysctl(netns, pathOf(name)).replaceAll('\t', ' '),
    close: () => netns.close(),
  }
}

/** The version for both: the latest one that tuning 1.1.1 supports. */
function confOf(sandbox: string, dataDir: string) {
  const interfaces = [{ name: 'eth0', mac: '0a:00:00:00:00:01', sandbox }]
  return {
    cniVersion: '1.0.0',
    name: 'net1',
    type: 'tuning',
    dataDir,
    prevResult: { cniVersion: '1.0.0', interfaces, dns: {} },
  }
}

/** One line each, or indented; then each ends with a brace at the start of a line. */
function parseDocuments(stdout: string): Readonly<Record<string, unknown>>[] {
  return stdout
    .split(/(?<=^\})/m)
    .filter((text) => text.trim().startsWith('{'))
    .map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
}
