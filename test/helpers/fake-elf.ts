/** What a fake executable needs. */
export interface FakeElf {
  readonly interpreter?: string
  /** Versions that it has itself. */
  readonly versions?: readonly string[]
  /** Versions by the names of libraries. */
  readonly needed?: Readonly<Record<string, readonly string[]>>
  readonly machine?: number
}

const X86_64 = 62
const HEADER = 64
const SEGMENT = 56

/** A 64-bit ELF file with these needs, each byte as a character; it is mapped at 0x400000. */
export function createElf({ interpreter, versions: own = [], needed = {}, machine = X86_64 }: FakeElf): string {
  const names = createNames()
  for (const version of own) names.add(version)
  const libraries = Object.entries(needed).map(([name, versions]) => ({
    name: names.add(name),
    versions: versions.map((version) => names.add(version)),
  }))
  const start = interpreter === undefined ? '' : `${interpreter}\0`
  const versions = libraries.filter((library) => library.versions.length > 0)
  const verneed = versions.map(({ name, versions: all }, index) => {
    const aux = all.map(
      (version, each) => u32(0) + u16(0) + u16(0) + u32(version) + u32(each + 1 < all.length ? 16 : 0),
    )
    const next = index + 1 < versions.length ? 16 + aux.length * 16 : 0
    return u16(1) + u16(all.length) + u32(name) + u32(16) + u32(next) + aux.join('')
  })
  const at = { names: HEADER + 3 * SEGMENT + start.length, verneed: 0, dynamic: 0 }
  at.verneed = at.names + names.text().length
  at.dynamic = at.verneed + verneed.join('').length
  const dynamic = [
    ...libraries.map(({ name }) => [1, name]),
    [5, BASE + at.names],
    [10, names.text().length],
    ...(verneed.length > 0
      ? [
          [0x6ffffffe, BASE + at.verneed],
          [0x6fffffff, verneed.length],
        ]
      : []),
    [0, 0],
  ].map(([tag = 0, value = 0]) => u64(tag) + u64(value))
  const size = at.dynamic + dynamic.join('').length
  const segments = [
    segment(1, 0, size),
    segment(interpreter === undefined ? 4 : 3, HEADER + 3 * SEGMENT, start.length),
    segment(2, at.dynamic, dynamic.join('').length),
  ]
  const ident = `\u007fELF\u0002\u0001\u0001${'\0'.repeat(9)}`
  const header = `${ident}${u16(2)}${u16(machine)}${u32(1)}${u64(0)}${u64(HEADER)}${u64(0)}${u32(0)}${u16(HEADER)}${u16(SEGMENT)}${u16(3)}${u16(0)}${u16(0)}${u16(0)}`
  return header + segments.join('') + start + names.text() + verneed.join('') + dynamic.join('')
}

const BASE = 0x400000

function segment(type: number, offset: number, size: number): string {
  return u32(type) + u32(4) + u64(offset) + u64(BASE + offset) + u64(BASE + offset) + u64(size) + u64(size) + u64(1)
}

/** A string table. */
function createNames() {
  let text = '\0'
  return {
    add(name: string): number {
      const index = text.length
      text += `${name}\0`
      return index
    },
    text: () => text,
  }
}

function u16(value: number): string {
  return String.fromCharCode(value & 0xff, (value >> 8) & 0xff)
}

function u32(value: number): string {
  return u16(value & 0xffff) + u16(Math.floor(value / 0x10000))
}

function u64(value: number): string {
  return u32(value) + u32(0)
}
