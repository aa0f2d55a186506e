import type { Looking } from '../../os/look.ts'
import type { Os, OsError } from '../../os/os.ts'
import type { Watching } from '../../os/watching.ts'

/** Functions of native-os.c that need no change. */
type Direct =
  | 'getenv'
  | 'readFile'
  | 'writeFile'
  | 'checkWritable'
  | 'hasSameContent'
  | 'ownNetnsId'
  | 'makeNetns'
  | 'leaveNetns'
  | 'netnsCookie'
  | 'linkIoctl'
  | 'netlink'
  | 'sleep'
  | 'isTerminal'
  | Exclude<keyof Looking, 'rename'>
  | keyof Watching

/** st_mode and st_uid. */
export type NativeStatus = readonly [mode: number, uid: number]

/** A name, the descriptor of its folder, and the folder's path; or a path, AT_FDCWD and undefined. */
type Place = [name: string, fd: number, folder: string | undefined]

/** The system calls of native-os.c. They throw the class that was given to {@link NativeOs.failWith}. */
export interface NativeOs extends Pick<Os, Direct> {
  failWith(errorClass: typeof OsError): void
  readStdin(mostBytes: number, path: string): string
  /** A descriptor; -1 if that would be above half of what the process may have. */
  openSysctl(path: string): number | undefined
  readSysctl(path: string, fd: number): string
  writeSysctl(path: string, fd: number, text: string): void
  lstat(path: string): NativeStatus
  mkdir(path: string, mode: number): void
  rename(from: string, to: string, folder: string): void
  readIfExists(...place: Place): string | undefined
  replaceFile(...place: [...Place, mode: number, text: string]): void
  /** `folder` and `name` are the parts of the path. */
  rewriteFile(path: string, folder: string, name: string, text: string, before: string): boolean
  copyFile(path: string, folder: string, name: string, mode: number, from: string): void
  /** Each name behind `/` for a folder or `.` for anything else, in the order of the bytes. */
  list(path: string): string[]
  names(fd: number, path: string): string[]
  namesBelow(fd: number, path: string): string[]
  /** A descriptor; -1 if there is none. */
  openFolder(...place: Place): number
  foldersFrom(fd: number, path: string): NativeStatus[]
  isStillAt(...place: [...Place, own: number]): boolean
  tryLock(fd: number, path: string): boolean
  makeFolder(...place: [...Place, mode: number]): boolean
  removeFolder(...place: Place): boolean
  removeFile(...place: Place): boolean
  age(...place: Place): number | undefined
  close(fd: number): void
  openNetns(path: string): [fd: number, id: string]
  enterNetns(path: string, fd: number): void
  write(fd: number, text: string, path: string): void
  /** `run` is called at the start of the process, with the words behind the program's name. */
  start(run: (args: readonly string[]) => number): void
  /** Loads the program for operators, and calls the function that it has given to `start`. */
  operate(args: readonly string[]): number
}
