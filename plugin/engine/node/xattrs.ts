import { OsError } from '../../os/os.ts'
import type { Libc } from './libc.ts'

/** The extended attributes of files: SELinux's, access control lists. */
export interface Xattrs {
  /** Copies the attributes of the file open as `source` to the one open as `target`. Throws OsError. */
  copy(source: number, target: number, path: string): void
}

/** Signatures of the old content: <linux/xattr.h>. */
const OF_CONTENT = ['security.ima', 'security.evm']

export function createXattrs(libc: Libc): Xattrs {
  return {
    copy(source, target, path) {
      for (const name of listNames(libc, source, path)) {
        if (!OF_CONTENT.includes(name)) copyOne(libc, { source, target, path }, name)
      }
    },
  }
}

/** None if the file system has no attributes. */
function listNames(libc: Libc, fd: number, path: string): string[] {
  const list = libc.lookUp('flistxattr', ['i32', 'buffer', 'u64'], 'i64')
  const names = Buffer.alloc(64 * 1024) // XATTR_LIST_MAX
  try {
    const length = list(path, fd, names, BigInt(names.length))
    return names.toString('utf8', 0, length).split('\0').slice(0, -1)
  } catch (error) {
    if (error instanceof OsError && error.errno === 'ENOTSUP') return []
    throw error
  }
}

interface Copy {
  readonly source: number
  readonly target: number
  readonly path: string
}

function copyOne(libc: Libc, { source, target, path }: Copy, text: string): void {
  const name = Buffer.from(`${text}\0`)
  const value = Buffer.alloc(64 * 1024) // XATTR_SIZE_MAX
  const get = libc.lookUp('fgetxattr', ['i32', 'buffer', 'buffer', 'u64'], 'i64')
  const set = libc.lookUp('fsetxattr', ['i32', 'buffer', 'buffer', 'u64', 'i32'])
  const length = get(path, source, name, value, BigInt(value.length))
  set(path, target, name, value, BigInt(length), 0)
}
