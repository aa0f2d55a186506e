import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The content of a folder: `mode` and text by path. A folder's path ends with a slash (`/` is its own); its text is empty. */
export type Contents = Readonly<Record<string, { readonly mode: number; readonly text: string }>>

const MODE_BITS = 0o7777

/** The content of a folder, in order; nothing if it does not exist. */
export function contentsOf(folder: string): Contents {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return {}
  const below = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    ['', ...below].map((path) => {
      const whole = join(folder, path)
      const stat = lstatSync(whole)
      const mode = stat.mode & MODE_BITS
      return stat.isDirectory() ? [`${path}/`, { mode, text: '' }] : [path, { mode, text: readFileSync(whole, 'utf8') }]
    }),
  )
}

/** Restores a folder. */
export function restoreContents(folder: string, contents: Contents): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, { mode, text }] of Object.entries(contents)) {
    const whole = join(folder, path)
    if (path.endsWith('/')) mkdirSync(whole)
    else writeFileSync(whole, text)
    chmodSync(whole, mode)
  }
}
