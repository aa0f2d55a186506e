/** A file of an archive; a folder where there is no content. */
export interface CpioFile {
  readonly path: string
  readonly mode: number
  readonly content?: Buffer
}

const FILE = 0o100000
const FOLDER = 0o040000

/** An archive as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst, "newc"). */
export function formatCpio(files: readonly CpioFile[]): Buffer {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  const all: CpioFile[] = [...[...folders].sort().map((path) => ({ path, mode: 0o755 })), ...files]
  return Buffer.concat([
    ...all.map(formatEntry),
    formatEntry({ path: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) }),
  ])
}

function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

function formatEntry({ path, mode, content }: CpioFile): Buffer {
  const kind = content === undefined ? FOLDER : FILE
  const name = Buffer.from(`${path}\0`)
  // c_ino, c_mode, c_uid, c_gid, c_nlink, c_mtime, c_filesize, c_dev*, c_rdev*, c_namesize, c_check
  const fields = [0, kind | mode, 0, 0, 1, 0, content?.length ?? 0, 0, 0, 0, 0, name.length, 0]
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`
  return Buffer.concat([pad(Buffer.concat([Buffer.from(header), name])), pad(content ?? Buffer.alloc(0))])
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}
