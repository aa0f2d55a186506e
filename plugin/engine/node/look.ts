import { fsyncSync, readlinkSync, readSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Looking } from '../../os/look.ts'
import { attempt, withFolder, withOpen } from './attempt.ts'

/** {@link Looking} by node:fs. */
export const looking: Looking = {
  readPart(path, offset, length) {
    const part = new Uint8Array(length)
    const got = withOpen(path, (fd) => attempt(path, () => readSync(fd, part, 0, length, offset)))
    return part.subarray(0, got)
  },
  fileVersion(path) {
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = attempt(path, () => statSync(path, { bigint: true }))
    return [dev, ino, size, mode, mtimeNs, ctimeNs].join(' ')
  },
  readLink: (path) => attempt(path, () => readlinkSync(path)),
  rename(from, to) {
    attempt(from, () => renameSync(from, to))
    withFolder(dirname(to), (folder) => attempt(to, () => fsyncSync(folder)))
  },
}
