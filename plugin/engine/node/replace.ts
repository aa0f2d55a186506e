import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { unfinishedPath } from '../../os/os.ts'
import { attempt, withOpen } from './attempt.ts'

/** Replaces a file by what `fill` writes: until the rename is on the disk, a crash of the node leaves the old one. */
export function replaceFile(path: string, mode: number, fill: (fd: number) => void): void {
  const unfinished = unfinishedPath(path)
  try {
    attempt(path, () => writeUnfinished(unfinished, mode, fill))
    attempt(path, () => renameSync(unfinished, path))
  } catch (error) {
    removeUnlessItFails(unfinished)
    throw error
  }
  withOpen(dirname(path), (folder) => attempt(path, () => fsyncSync(folder)))
}

/** For what is left of something that has failed already, which tells more. */
function removeUnlessItFails(path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}

export function copyAll(source: number, target: number): void {
  const chunk = Buffer.allocUnsafe(1024 * 1024)
  for (let length = readSync(source, chunk); length > 0; length = readSync(source, chunk)) {
    writeFileSync(target, chunk.subarray(0, length))
  }
}

function writeUnfinished(path: string, mode: number, fill: (fd: number) => void): void {
  const { O_CREAT, O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants
  const fd = openSync(path, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW, mode)
  try {
    fchmodSync(fd, mode)
    fill(fd)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
