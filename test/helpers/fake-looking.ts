import type { Looking } from '../../plugin/os/look.ts'
import { OsError } from '../../plugin/os/os.ts'
import { type FakeFile, type Files, linkOfFile, partOf } from './fake-files.ts'
import type { FakeMachine } from './fake-machine.ts'

type FileAt = (path: string, call: string) => FakeFile

/** Facts about fake files; each character of a text is a byte. */
export function createFakeLooking(machine: FakeMachine, files: Files, writes: string[], fileAt: FileAt): Looking {
  return {
    readPart: (path, offset, length) => partOf(fileAt(path, 'open'), offset, length),
    fileVersion: (path) => JSON.stringify(fileAt(path, 'stat')),
    readLink: (path) => linkOfFile(fileAt(path, 'readlink'), path),
    rename(from, to) {
      if (machine.replaceFails !== undefined) throw new OsError(machine.replaceFails, 'rename', to)
      machine.meanwhile?.shift()?.(files)
      files.set(to, fileAt(from, 'rename'))
      files.delete(from)
      writes.push(`${from} renamed to ${to}`)
    },
  }
}
