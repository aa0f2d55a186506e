/** The columns. */
export const NATIVE = 'native'
export const PKG = 'pkg'
export const PEER = 'tuning (Go)'
/** A C program with the native one's system calls. */
export const FLOOR = 'C floor'
export const COLUMNS = [NATIVE, PKG, PEER, FLOOR] as const

/** The number of sysctls of an ADD, and the number of other records. */
export const SIZES = [1, 3, 10, 100, 400] as const
export const SIZES_BY_NAME = [3, 100, 400] as const
export const RECORDS = [100, 1000, 10_000] as const

/** The rows. */
export const NOTHING = 'start and end of an empty program'
export const VERSION = 'VERSION'
export const CHECK = 'CHECK, 3 sysctls'
export const DEL = 'DEL, 3 sysctls'
export const COLD = 'ADD, 3 sysctls, file not cached'
export const UNRECORDED = 'ADD, 3 sysctls, no record'
export const UNLOCKED = 'ADD, 3 sysctls, no lock, no cookie'
export const MEMORY = 'memory of an ADD of 3, MB'
export const EMPTY_MEMORY = 'memory of an empty program, MB'
export const addOf = (count: number): string => `ADD, ${count} ${count === 1 ? 'sysctl' : 'sysctls'}`
export const byName = (count: number): string => `ADD, first ${count} by name`
export const atOnce = (count: number): string => `ADD, 3 sysctls, ${count} at once`
export const beside = (count: number): string => `ADD, 3 sysctls, beside ${group(count)} records`
export const gcOf = (count: number): string => `GC, ${group(count)} valid records`
export const ADD = addOf(3)

/** In the order of the table. */
export const ROWS: readonly string[] = [
  NOTHING,
  VERSION,
  ...SIZES.map(addOf),
  ...SIZES_BY_NAME.map(byName),
  CHECK,
  DEL,
  COLD,
  atOnce(8),
  atOnce(64),
  ...RECORDS.map(beside),
  ...RECORDS.map(gcOf),
  UNRECORDED,
  UNLOCKED,
  MEMORY,
  EMPTY_MEMORY,
]

function group(count: number): string {
  return String(count).replace(/(?=(?:\d{3})+$)(?<=\d)/g, ',')
}
