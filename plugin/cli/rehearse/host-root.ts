import { catchOsError, type Os, OsError } from '../../os/os.ts'

/** The host's own files, if the host's file system is mounted elsewhere. */
const OF_HOST = ['/proc/sys/', '/etc/cni/']

/**
 * The operating system with the files of the host mounted at `root`: its allowlists, and its /proc, which can be
 * written if a container's own cannot; /proc/sys/net shows the netns of the thread through every mount.
 */
export function atHostRoot(os: Os, root: string): Os {
  const hasProc = !(catchOsError(() => os.fileStatus(`${root}/proc/sys/net`)) instanceof OsError)
  const prefixes = OF_HOST.filter((prefix) => hasProc || prefix !== '/proc/sys/')
  const map = (path: string) => (prefixes.some((prefix) => path.startsWith(prefix)) ? root + path : path)
  return {
    ...os,
    readFile: (path) => os.readFile(map(path)),
    readIfExists: (name, at) => (at === undefined ? os.readIfExists(map(name)) : os.readIfExists(name, at)),
    writeFile: (path, text) => os.writeFile(map(path), text),
    openSysctl: (path) => os.openSysctl(map(path)),
    checkWritable: (path) => os.checkWritable(map(path)),
    fileStatus: (path) => os.fileStatus(map(path)),
    list: (path) => os.list(map(path)),
  }
}
