import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { namesIn, newDataDir, recordPath } from '../helpers/data-dir.ts'
import { addVeth, createNetns, type Netns, type Ran } from '../helpers/netns.ts'
import { envOf } from '../helpers/requests.ts'

export interface Asked {
  readonly command: string
  readonly stdin: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** The complete result of one run of an executable. */
export interface Left extends Ran {
  /** Every sysctl of the container and its value, a line each. */
  readonly sysctls: string
  /** The interface of the container. */
  readonly link: string
  /** The undo records, by name. */
  readonly records: Readonly<Record<string, string>>
}

/** The folder of the undo records of all runs, one after the other, so that the outputs are equal. */
const DATA_DIR = newDataDir()

/** Runs an executable for a new container, which has an interface eth0. */
export async function runAlone(executable: string, asked: Asked): Promise<Left> {
  const netns = await createNetns()
  mkdirSync(DATA_DIR, { mode: 0o700 })
  try {
    addVeth(netns)
    netns.inside(['ip', 'link', 'set', 'eth0', 'address', '0a:58:0a:00:00:01'])
    return runIn(netns, executable, asked)
  } finally {
    rmSync(DATA_DIR, { recursive: true, force: true })
    await netns.close()
  }
}

function runIn(netns: Netns, executable: string, { command, stdin, env }: Asked): Left {
  const { status, stdout, stderr } = netns.onHost([executable], {
    env: { ...envOf(command), CNI_NETNS: netns.path, ...env },
    input: typeof stdin === 'string' ? withDataDir(stdin) : stdin,
  })
  const unnamed = (text: string) =>
    text.replaceAll(netns.path, 'CNI_NETNS').replace(/"netns":"\d+:\d+","cookie":"\d+"/, '"netns":""')
  return {
    status,
    stdout: unnamed(stdout),
    stderr: unnamed(stderr),
    sysctls: netns.inside(['grep', '-rs', '', '/proc/sys/net/core', '/proc/sys/net/ipv4']).stdout,
    link: netns.inside(['ip', '-o', 'link', 'show', 'eth0']).stdout,
    records: Object.fromEntries(
      namesIn(DATA_DIR).map((name) => [name, unnamed(readFileSync(recordPath(DATA_DIR, name), 'utf8'))]),
    ),
  }
}

/** The text with a dataDir as the first member of its object, whatever follows. */
function withDataDir(text: string): string {
  return text.replace(/^(\s*\{)(?=\s*")/, (start) => `${start}"dataDir":${JSON.stringify(DATA_DIR)},`)
}
