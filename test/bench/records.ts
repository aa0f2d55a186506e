import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Executable } from './executables.ts'
import { formatGcRequest, formatRequest } from './request.ts'
import { beside, FLOOR, gcOf, NATIVE, PKG, RECORDS } from './rows.ts'
import type { Case } from './sample.ts'
import { createRun, type Stand } from './stand.ts'

const OWN_ID = 'bench0'

/** With many valid records: an ADD beside them, and a GC. */
export function createRecordCases(executables: readonly Executable[], stand: Stand): Case[] {
  const native = executables.find(({ who, kind }) => who === NATIVE && kind === 'plugin')
  if (native === undefined) return []
  return RECORDS.flatMap((count) => createCasesBeside(executables, stand, native.file, count))
}

function createCasesBeside(executables: readonly Executable[], stand: Stand, native: string, count: number): Case[] {
  const dataDir = join(stand.folder, `beside-${count}`)
  const ids = Array.from({ length: count }, (_, index) => createHash('sha256').update(String(index)).digest('hex'))
  const request = formatRequest(native, stand.sysctls.slice(0, 3), dataDir)
  const add = createRun(stand, native, 'ADD', request)
  const del = createRun(stand, native, 'DEL', request)
  const fill = () => {
    add()
    makeRecords(dataDir, ids)
  }
  const prepare = () => {
    del()
    if (!isFull(dataDir, count)) fill()
    del()
    if (!isFull(dataDir, count)) throw new Error(`${dataDir} has not ${count} records any more`)
  }
  const gc = ({ who, kind, file }: Executable): Case[] => {
    if (kind === 'empty' || !(who === NATIVE || who === FLOOR || (who === PKG && count === Math.max(...RECORDS)))) {
      return []
    }
    const list = formatGcRequest(file, ids, dataDir)
    const stdin = kind === 'floor' ? `gc\n${dataDir}\n\n${list}` : list
    return [
      { what: gcOf(count), who, every: count < 10_000 ? 2 : 4, prepare, run: createRun(stand, file, 'GC', stdin) },
    ]
  }
  return [{ what: beside(count), who: NATIVE, every: 1, prepare, run: add }, ...executables.flatMap(gc)]
}

function isFull(dataDir: string, count: number): boolean {
  try {
    return readdirSync(join(dataDir, 'containers')).length === count
  } catch {
    return false
  }
}

/** Copies the record of the first container for others. */
function makeRecords(dataDir: string, ids: readonly string[]): void {
  const containers = join(dataDir, 'containers')
  const name = 'bench@lo.json'
  const text = readFileSync(join(containers, OWN_ID, name), 'utf8')
  for (const id of ids) {
    mkdirSync(join(containers, id), { mode: 0o700 })
    writeFileSync(join(containers, id, name), text.replace(`"${OWN_ID}"`, `"${id}"`), { mode: 0o600 })
  }
}
