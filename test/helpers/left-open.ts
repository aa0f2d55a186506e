import type { Os } from '../../plugin/os/os.ts'

/** The operating system, and the paths of the folders and namespaces that were opened and not closed, in order. */
export function watchOpen<T extends Os>(os: T): { readonly os: T; readonly open: readonly string[] } {
  const open: string[] = []
  const keep = <U extends { readonly path: string } | undefined>(opened: U): U => {
    if (opened !== undefined) open.push(opened.path)
    return opened
  }
  const watched = {
    ...os,
    openFolder: (...args: Parameters<Os['openFolder']>) => keep(os.openFolder(...args)),
    openNetns: (path: string) => keep(os.openNetns(path)),
    close({ path }: { readonly path: string }) {
      const at = open.lastIndexOf(path)
      if (at < 0) throw new Error(`${path} is closed, but is not open`)
      open.splice(at, 1)
    },
  }
  return { os: watched, open }
}
