import { isJsonObject } from '../../../config/members.ts'
import { catchOsError, type Os, OsError } from '../../../os/os.ts'
import type { Attachment } from '../../../state/attachment.ts'
import { OWN_TYPE } from '../../own-type.ts'
import { pathIn } from '../paths.ts'
import { decodeBase64 } from './base64.ts'

/** Where libcni keeps what it was asked at ADD until DEL: containerd, CRI-O, podman and nerdctl leave it at that. */
const CACHE = '/var/lib/cni/results'

/** An attachment in libcni's cache that was made with the plugin. */
export interface CachedAttachment extends Omit<Attachment, 'entry'> {
  /** The path that the runtime gave. */
  readonly netns: string
  /** Where its undo record is, if the configuration says so. */
  readonly dataDir: string | undefined
}

/** What runtimes have added with the plugin and not deleted. Throws OsError. */
export function listCached(os: Os): CachedAttachment[] {
  const entries = catchOsError(() => os.list(CACHE))
  if (entries instanceof OsError) {
    if (entries.errno === 'ENOENT') return []
    throw entries
  }
  return entries.flatMap(({ name, isDirectory }) => (isDirectory ? [] : (readCached(os, pathIn(CACHE, name)) ?? [])))
}

function readCached(os: Os, path: string): CachedAttachment | undefined {
  const text = catchOsError(() => os.readFile(path))
  // A container that has just ended.
  if (text instanceof OsError) return undefined
  const cached = parseJson(text)
  if (!isJsonObject(cached) || cached.kind !== 'cniCacheV1' || typeof cached.config !== 'string') return undefined
  const own = findOwn(parseJson(decodeBase64(cached.config)))
  if (own === undefined) return undefined
  const textOf = (name: string) => (typeof cached[name] === 'string' ? cached[name] : '')
  return {
    network: textOf('networkName'),
    containerId: textOf('containerId'),
    ifName: textOf('ifName'),
    netns: textOf('netns'),
    dataDir: typeof own.dataDir === 'string' ? own.dataDir : undefined,
  }
}

function findOwn(list: unknown): Readonly<Record<string, unknown>> | undefined {
  const plugins: readonly unknown[] = isJsonObject(list) && Array.isArray(list.plugins) ? list.plugins : []
  return plugins.filter(isJsonObject).find(({ type }) => type === OWN_TYPE)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever else lies there.
    return undefined
  }
}
