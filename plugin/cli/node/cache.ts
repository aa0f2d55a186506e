import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import type { Attachment } from '../../state/attachment.ts'
import { decodeBase64 } from './base64.ts'
import { readIfThere } from './read.ts'

/** Where libcni keeps the request of ADD until DEL; containerd, CRI-O, podman and nerdctl do not change the folder. */
export const DEFAULT_CACHE_DIR = '/var/lib/cni/results'

/** An attachment in libcni's cache (libcni/api.go, cachedInfo). */
export interface CachedAttachment extends Omit<Attachment, 'entry'> {
  /** The runtime's path of the netns; empty if the cache does not have it. */
  readonly netns: string
  /** CNI_ARGS. */
  readonly args: ReadonlyMap<string, string>
  /** What the runtime has sent to plugins that declare the capability. */
  readonly capabilityArgs: JsonObject
  /** The conflist that was used, in base64. */
  readonly config: string
  /** Reads such a file; undefined for any other file. */
  readonly readConfig: () => JsonObject | undefined
}

/** The attachments that runtimes have added and not deleted. Throws OsError. */
export function listCache(os: Os, folder = DEFAULT_CACHE_DIR): CachedAttachment[] {
  const entries = catchOsError(() => os.list(folder))
  if (entries instanceof OsError) {
    if (entries.errno === 'ENOENT') return []
    throw entries
  }
  return entries.flatMap(({ name, isDirectory }) => (isDirectory ? [] : (readCached(os, `${folder}/${name}`) ?? [])))
}

function readCached(os: Os, path: string): CachedAttachment | undefined {
  // The file is gone if a container has just ended.
  const text = readIfThere(os, path)
  if (text === undefined) return undefined
  const cached = parseJson(text)
  if (!isJsonObject(cached) || cached.kind !== 'cniCacheV1') return undefined
  const { capabilityArgs } = cached
  const config = typeof cached.config === 'string' ? cached.config : ''
  const textOf = (name: string) => (typeof cached[name] === 'string' ? cached[name] : '')
  return {
    network: textOf('networkName'),
    containerId: textOf('containerId'),
    ifName: textOf('ifName'),
    netns: textOf('netns') || sandboxOf(cached.result),
    args: readArgs(cached.cniArgs),
    capabilityArgs: isJsonObject(capabilityArgs) ? capabilityArgs : {},
    config,
    readConfig() {
      const object = parseJson(decodeBase64(config))
      return isJsonObject(object) ? object : undefined
    },
  }
}

/** Older versions of libcni have the path of the netns only in the result. */
function sandboxOf(result: unknown): string {
  const interfaces: readonly unknown[] =
    isJsonObject(result) && Array.isArray(result.interfaces) ? result.interfaces : []
  const inside = interfaces.filter(isJsonObject).find(({ sandbox }) => typeof sandbox === 'string' && sandbox !== '')
  return String(inside?.sandbox ?? '')
}

function readArgs(pairs: unknown): Map<string, string> {
  const list: readonly unknown[] = Array.isArray(pairs) ? pairs : []
  return new Map(list.flatMap((pair) => (isPair(pair) ? [pair] : [])))
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Any other file.
    return undefined
  }
}
