import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'

/** How a network's agent writes its file again. */
export type Rewrite = (path: string, text: string) => void

/** Flannel and k3s: a new file replaces the old one. */
export const byRename: Rewrite = (path, text) => {
  writeFileSync(`${path}.agent`, text)
  renameSync(`${path}.agent`, path)
}

/** Calico: the file is emptied and written, here in two parts. */
export const inPlace: Rewrite = (path, text) => {
  const fd = openSync(path, 'w')
  writeSync(fd, text.slice(0, text.length / 2))
  writeSync(fd, text.slice(text.length / 2))
  closeSync(fd)
}

/** Cilium: the file is deleted and made again. */
export const byDeletion: Rewrite = (path, text) => {
  unlinkSync(path)
  writeFileSync(path, text)
}

export const AGENTS = [
  ['Flannel, by a rename', byRename],
  ['Calico, in place', inPlace],
  ['Cilium, by deleting and making it', byDeletion],
] as const satisfies readonly (readonly [string, Rewrite])[]

/** Whether a conflist has the plugin's entry; throws if it is not a complete conflist. */
export function hasOwnEntry(path: string): boolean {
  const { plugins } = JSON.parse(readFileSync(path, 'utf8')) as { plugins: readonly { type: string }[] }
  return plugins.some(({ type }) => type === 'netns-sysctl')
}
