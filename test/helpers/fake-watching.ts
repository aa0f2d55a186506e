import { OsError } from '../../plugin/os/os.ts'
import type { Watching } from '../../plugin/os/watching.ts'
import { type Files, isFolder } from './fake-files.ts'
import type { FakeMachine } from './fake-machine.ts'

/** When a fake machine's clock starts. */
export const START_SECONDS = 1_800_000_000

/** {@link FakeMachine.wait} says what happens meanwhile; if nothing happens, it takes the whole time. */
export function createFakeWatching({ wait, watchFails }: FakeMachine, files: Files): Watching {
  let now = 0
  const waitFor = (milliseconds: number) => {
    const wakening = wait?.(files, milliseconds) ?? 'terminated'
    now += wakening === 'timeout' ? milliseconds : 1
    return wakening
  }
  return {
    watchFolders(paths) {
      if (watchFails !== undefined) throw new OsError(watchFails, 'inotify_init1', 'inotify')
      for (const path of paths) if (!isFolder(files, path)) throw new OsError('ENOENT', 'inotify_add_watch', path)
    },
    waitForChange: waitFor,
    pause: (milliseconds) => waitFor(milliseconds) === 'terminated',
    elapsed: () => now,
    wallClock: () => START_SECONDS + now / 1000,
  }
}
