import type { Looking } from '../../os/look.ts'
import type { Watching } from '../../os/watching.ts'
import type { NativeOs } from './native-os.ts'

declare const nativeOs: NativeOs

/** Functions of native-os.c for both that need no change. */
export function createWatching(): Watching & Omit<Looking, 'rename'> {
  const { readPart, readLink, fileVersion, watchFolders, waitForChange, pause, elapsed, wallClock } = nativeOs
  return { readPart, readLink, fileVersion, watchFolders, waitForChange, pause, elapsed, wallClock }
}
