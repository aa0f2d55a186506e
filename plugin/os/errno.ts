import type { OsError } from './os.ts'

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV'])
const TRANSIENT: ReadonlySet<string> = new Set(['ENOMEM', 'EMFILE', 'ENFILE', 'EAGAIN', 'EINTR', 'ENOBUFS'])

/** Whether nothing is at the path, or there is no such interface. Other errors do not mean that. */
export function isAbsent({ errno }: OsError): boolean {
  return ABSENT.has(errno)
}

/** Whether the error is temporary: lack of memory, of descriptors or of time. */
export function isTransient({ errno }: OsError): boolean {
  return TRANSIENT.has(errno)
}
