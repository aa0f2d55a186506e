/** The folder of a path; `.` if it has none. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf('/')
  return end < 0 ? '.' : path.slice(0, end) || '/'
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function pathIn(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

/** A folder as it was typed, without slashes at its end. */
export function parseFolder(given: string): string {
  return given.replace(/(?<=.)\/+$/, '')
}
