import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { newDataDir } from './data-dir.ts'
import { parseDocument } from './document.ts'
import type { Netns, Ran, RunOptions } from './netns.ts'
import { envOf, formatConf } from './requests.ts'

/** The executable that `npm test` builds before the tests run; NETNS_SYSCTL=PATH, from the project's folder, replaces it. */
export const EXECUTABLE = resolve(import.meta.dirname, '../..', process.env.NETNS_SYSCTL ?? 'dist/netns-sysctl')

export type Command = readonly [string, ...string[]]

export interface Call {
  /** Members of the configuration; `undefined` removes one. Without a dataDir it gets one for this call only. */
  readonly conf?: Readonly<Record<string, unknown>>
  /** The whole of stdin, instead of a configuration; if it makes a record, it needs a dataDir of the test's own. */
  readonly stdin?: string | Uint8Array
  readonly env?: RunOptions['env']
  /** Runs the plugin inside the container's netns, which is then its own. */
  readonly isInside?: boolean
  /** The netns that stands for the host's: the plugin is started in it. */
  readonly host?: Netns
  /** The command line that starts the executable. */
  readonly wrap?: (executable: string) => Command
}

export interface Outcome {
  readonly exitCode: number | null
  /** The document on stdout; undefined for an empty stdout. */
  readonly answer: unknown
}

/** The result of {@link callPlugin}, without the log. */
export function outcomeOf(netns: Netns, command: string, call?: Call): Outcome {
  const { status, stdout } = callPlugin(netns, command, call)
  return { exitCode: status, answer: parseDocument(stdout) }
}

/** Runs the executable as a runtime does, for the container whose netns it is. */
export function callPlugin(netns: Netns, command: string, { conf, stdin, env, isInside, host, wrap }: Call = {}): Ran {
  const words = wrap?.(EXECUTABLE) ?? [EXECUTABLE]
  const dataDir = newDataDir()
  const options = {
    env: { ...envOf(command), CNI_NETNS: netns.path, ...env },
    input: stdin ?? formatConf({ dataDir, ...conf }),
  }
  try {
    if (host !== undefined) return host.inside(words, options)
    return isInside ? netns.inside(words, options) : netns.onHost(words, options)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
