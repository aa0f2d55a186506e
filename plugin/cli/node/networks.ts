import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Os } from '../../os/os.ts'
import type { Attachment } from '../../state/attachment.ts'
import { isFirst } from '../first.ts'
import { listConfigurations } from '../install/net-d.ts'
import { OWN_TYPE } from '../own-type.ts'
import { readIfThere } from './read.ts'

/** A network as a conflist describes it. */
export interface Network {
  readonly name: string
  /** The plugin's entries in its chain, in order, with the network's name and version in each. */
  readonly entries: readonly JsonObject[]
}

/** A network of the node. */
export interface NodeNetwork extends Network {
  readonly file: string
}

/** The networks of a folder, sorted by file name: containerd and CRI-O load the first. Throws OsError. */
export function listNetworks(os: Os, folder: string): NodeNetwork[] {
  return listConfigurations(os, folder).flatMap((file) => {
    const text = readIfThere(os, file)
    const network = text === undefined ? undefined : parseNetwork(parseJson(text))
    return network === undefined ? [] : [{ file, ...network }]
  })
}

/** The name and the plugin's entries of a conflist or a single configuration; undefined for anything else. */
export function parseNetwork(value: unknown): Network | undefined {
  if (!isJsonObject(value)) return undefined
  const { name, cniVersion, plugins } = value
  if (typeof name !== 'string') return undefined
  const chain: readonly unknown[] = Array.isArray(plugins) ? plugins : [value]
  const own = chain.filter(isJsonObject).filter(({ type }) => type === OWN_TYPE)
  return { name, entries: own.map((entry) => ({ ...entry, name, ...(cniVersion !== undefined && { cniVersion }) })) }
}

/** The place of an entry in its chain: before or behind the network plugin. */
export function placeOf(entry: JsonObject): Attachment['entry'] {
  return isFirst(entry) ? 'first' : 'chained'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Any other file; runtimes ignore it too.
    return undefined
  }
}
