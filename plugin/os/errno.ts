import type { OsError } from './os.ts'

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV'])
const TRANSIENT: ReadonlySet<string> = new Set(['ENOMEM', 'EMFILE', 'ENFILE', 'EAGAIN', 'EINTR', 'ENOBUFS'])

/** Whether there is nothing at the path, or no such interface. Every other error says nothing about that. */
export function isAbsent({ errno }: OsError): boolean {
  return ABSENT.has(errno)
}

/** Whether it passes by itself, as soon as there is memory, a descriptor or a moment. */
export function isTransient({ errno }: OsError): boolean {
  return TRANSIENT.has(errno)
}
