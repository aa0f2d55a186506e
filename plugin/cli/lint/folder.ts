import { OWN_TYPE } from '../own-type.ts'
import { ownEntries } from './chain.ts'
import type { Finding } from './finding.ts'
import type { Folder } from './input.ts'
import type { ReadInput } from './read.ts'

/** The finding that the file in force is not the one with the entry. */
export function lintFolder({ inForce, files }: Folder, read: readonly ReadInput[]): Finding[] {
  const withEntry = read
    .filter(({ file, units }) => files.includes(file) && units.some(hasEntry))
    .map(({ file }) => file)
  const [first] = withEntry
  if (first === undefined || withEntry.includes(inForce)) return []
  const message = `is in force for containerd and CRI-O, which load only the first by name, and has no plugin of type ${OWN_TYPE}; ${first} has`
  return [{ file: inForce, line: 1, column: 1, level: 'warning', message, rule: 'not-in-force' }]
}

function hasEntry(unit: ReadInput['units'][number]): boolean {
  return unit.kind === 'configuration' && ownEntries(unit.object).length > 0
}
