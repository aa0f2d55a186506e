import type { Looking } from '../../os/look.ts'
import type { Watching } from '../../os/watching.ts'
import type { NativeOs } from './native-os.ts'

declare const nativeOs: NativeOs

/** What native-os.c has of both as it is wanted. */
export function createWatching(): Watching & Omit<Looking, 'rename'> {
  const { readPart, readLink, fileVersion, watchFolders, waitForChange, pause, elapsed, wallClock } = nativeOs
  return { readPart, readLink, fileVersion, watchFolders, waitForChange, pause, elapsed, wallClock }
}
