import { isUtf8 } from 'node:buffer'
import { readSync, writeSync } from 'node:fs'
import { MAX_STDIN_BYTES, OsError } from '../../os/os.ts'
import { attempt } from './attempt.ts'
import type { Libc } from './libc.ts'

/** One of the three standard streams. */
export interface Stream {
  readonly fd: number
  readonly path: string
}

export const STDIN: Stream = { fd: 0, path: '/dev/stdin' }
export const STDOUT: Stream = { fd: 1, path: '/dev/stdout' }
export const STDERR: Stream = { fd: 2, path: '/dev/stderr' }

const POLLIN = 1
const POLLOUT = 4

/** All of stdin, as text. Throws OsError: EFBIG if it is too long, EILSEQ if it is not UTF-8. */
export function readAll(libc: Libc): string {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024)
    const length = whenReady(libc, STDIN, POLLIN, () => readSync(STDIN.fd, chunk))
    if (length === 0) return decodeUtf8(Buffer.concat(chunks, total))
    chunks.push(chunk.subarray(0, length))
    total += length
    if (total > MAX_STDIN_BYTES) throw new OsError('EFBIG', 'read', STDIN.path)
  }
}

export function writeAll(libc: Libc, stream: Stream, text: string): void {
  const bytes = Buffer.from(text)
  for (let offset = 0; offset < bytes.length; ) {
    const from = offset
    offset += whenReady(libc, stream, POLLOUT, () => writeSync(stream.fd, bytes, from))
  }
}

/** Repeats `action` after poll(2) while it fails with EAGAIN, as on a pipe that its owner has made non-blocking. */
function whenReady(libc: Libc, stream: Stream, events: number, action: () => number): number {
  for (;;) {
    try {
      return attempt(stream.path, action)
    } catch (error) {
      if (!(error instanceof OsError && error.errno === 'EAGAIN')) throw error
      libc.poll(stream.fd, events)
    }
  }
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new OsError('EILSEQ', 'read', STDIN.path)
  return bytes.toString()
}
