import type { Os } from '../../../os/os.ts'

/** The needs of a 64-bit little-endian executable, elf(5). */
export interface Elf {
  /** e_machine: 62 is x86-64, 183 arm64. */
  readonly machine: number
  /** The dynamic linker; undefined for a static executable. */
  readonly interpreter: string | undefined
  readonly needed: readonly NeededLibrary[]
  /** Every name in it, `\0` before and after each; the names of its versions are among them. */
  readonly names: () => string
}

export interface NeededLibrary {
  /** `libc.so.6` */
  readonly name: string
  /** The version that it must have, `GLIBC_2.28`. */
  readonly versions: readonly string[]
}

const HEADER = 64
const PT_LOAD = 1
const PT_DYNAMIC = 2
const PT_INTERP = 3
const DT_NEEDED = 1
const DT_STRTAB = 5
const DT_STRSZ = 10
const DT_VERNEED = 0x6ffffffe
const DT_VERNEEDNUM = 0x6fffffff
const LONGEST_NAME = 256
/** A number of arguments that every engine allows. */
const CHUNK = 8192

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

/** Reads the headers of an ELF file; undefined for any other file. Throws OsError. */
export function readElf(os: Os, path: string): Elf | undefined {
  const header = view(os, path, 0, HEADER)
  // 0x7f "ELF", 64 bits, little-endian
  if (header.byteLength < HEADER || header.getUint32(0) !== 0x7f454c46 || header.getUint16(4) !== 0x0201)
    return undefined
  const segments = readSegments(os, path, header)
  const interpreter = segments.find(({ type }) => type === PT_INTERP)
  return {
    machine: header.getUint16(18, true),
    interpreter: interpreter && readName(os, path, interpreter.offset),
    ...readDynamic(os, path, segments),
  }
}

function readSegments(os: Os, path: string, header: DataView): Segment[] {
  const start = Number(header.getBigUint64(32, true))
  const size = header.getUint16(54, true)
  const table = view(os, path, start, size * header.getUint16(56, true))
  return Array.from({ length: Math.floor(table.byteLength / size) }, (_, index) => ({
    type: table.getUint32(index * size, true),
    offset: Number(table.getBigUint64(index * size + 8, true)),
    address: Number(table.getBigUint64(index * size + 16, true)),
    size: Number(table.getBigUint64(index * size + 32, true)),
  }))
}

function readDynamic(os: Os, path: string, segments: readonly Segment[]): Pick<Elf, 'needed' | 'names'> {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC)
  if (dynamic === undefined) return { needed: [], names: () => '' }
  const table = view(os, path, dynamic.offset, dynamic.size)
  const entries = Array.from({ length: Math.floor(table.byteLength / 16) }, (_, index) => ({
    tag: Number(table.getBigUint64(index * 16, true)),
    value: Number(table.getBigUint64(index * 16 + 8, true)),
  }))
  const valueFor = (tag: number) => entries.find((entry) => entry.tag === tag)?.value
  const offsetOf = (address: number) => {
    const segment = segments.find(
      (each) => each.type === PT_LOAD && address >= each.address && address < each.address + each.size,
    )
    return segment === undefined ? address : address - segment.address + segment.offset
  }
  const names = offsetOf(valueFor(DT_STRTAB) ?? 0)
  const nameAt = (index: number) => readName(os, path, names + index)
  const verneed = valueFor(DT_VERNEED)
  const versions =
    verneed === undefined
      ? new Map<string, string[]>()
      : readVersions(os, path, offsetOf(verneed), valueFor(DT_VERNEEDNUM) ?? 0, nameAt)
  const needed = entries.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => nameAt(value))
  return {
    needed: needed.map((name) => ({ name, versions: versions.get(name) ?? [] })),
    names: () => toLatin1(os.readPart(path, names, valueFor(DT_STRSZ) ?? 0)),
  }
}

/** Elf64_Verneed and, for each version, Elf64_Vernaux. */
function readVersions(
  os: Os,
  path: string,
  start: number,
  count: number,
  nameAt: (index: number) => string,
): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (let index = 0, at = start; index < count; index += 1) {
    const need = view(os, path, at, 16)
    const versions: string[] = []
    for (let left = need.getUint16(2, true), aux = at + need.getUint32(8, true); left > 0; left -= 1) {
      const version = view(os, path, aux, 16)
      versions.push(nameAt(version.getUint32(8, true)))
      aux += version.getUint32(12, true)
    }
    found.set(nameAt(need.getUint32(4, true)), versions)
    at += need.getUint32(12, true)
  }
  return found
}

function view(os: Os, path: string, offset: number, length: number): DataView {
  const { buffer, byteOffset, byteLength } = os.readPart(path, offset, length)
  return new DataView(buffer, byteOffset, byteLength)
}

function toLatin1(bytes: Uint8Array): string {
  const chunks: string[] = []
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)))
  return chunks.join('')
}

function readName(os: Os, path: string, offset: number): string {
  const bytes = os.readPart(path, offset, LONGEST_NAME)
  const end = bytes.indexOf(0)
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end))
}
