import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from './operator.ts'

/** The folders of a node that install changes. */
export interface NodeFolders {
  readonly binDir: string
  readonly confDir: string
  /** The path of the installed executable. */
  readonly target: string
}

export function newNode(): NodeFolders {
  const folder = newFolder()
  const binDir = join(folder, 'bin')
  const confDir = join(folder, 'net.d')
  for (const each of [binDir, confDir]) mkdirSync(each)
  return { binDir, confDir, target: join(binDir, 'netns-sysctl') }
}

/** A text that changes when a file is written again. */
export function traceOf(path: string): { ino: number; mtimeMs: number; mode: number } {
  const { ino, mtimeMs, mode } = statSync(path)
  return { ino, mtimeMs, mode: mode & 0o7777 }
}
