import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Executable } from './executables.ts'
import { createRecordCases } from './records.ts'
import { formatFloorRequest, formatRequest, type Sysctl } from './request.ts'
import * as rows from './rows.ts'
import type { Case } from './sample.ts'
import { createMemoryRun, createRun, runQuietly, type Stand } from './stand.ts'

/** How many containers are started at once, with one run in so many rounds. */
const CONTAINERS = [
  [8, 2],
  [64, 10],
] as const

/** The floor is so fast that a difference needs more runs. */
const FLOOR_TIMES = 3

export function createCases(executables: readonly Executable[], stand: Stand): Case[] {
  const most = Math.max(...rows.SIZES, ...rows.SIZES_BY_NAME)
  if (Math.min(stand.sysctls.length, stand.byName.length) < most) {
    throw new Error(`a netns has fewer than ${most} integer sysctls here`)
  }
  const create = { plugin: createPluginCases, floor: createFloorCases, empty: createEmptyCases }
  return [...executables.flatMap((each) => create[each.kind](each, stand)), ...createRecordCases(executables, stand)]
}

function createEmptyCases({ who, file }: Executable, stand: Stand): Case[] {
  const prepare = () => undefined
  return [
    { what: rows.NOTHING, who, every: 1, prepare, run: createRun(stand, file, 'VERSION', '') },
    { what: rows.EMPTY_MEMORY, who, every: 10, prepare, run: createMemoryRun(stand, file, 'VERSION', '') },
  ]
}

/** Each ADD finds a container without a record, each DEL one after its ADD. */
function createPluginCases({ who, file, coldFile }: Executable, stand: Stand): Case[] {
  const dataDir = join(stand.folder, `records-${basename(file)}`)
  const requestOf = (sysctls: readonly Sysctl[], more = {}) => formatRequest(file, sysctls, dataDir, more)
  const three = stand.sysctls.slice(0, 3)
  const runOf = (command: string, containers = 1, executable = file) =>
    createRun(stand, executable, command, requestOf(three), containers)
  const add = runOf('ADD')
  const del = runOf('DEL')
  const addCase = (what: string, sysctls: readonly Sysctl[], more = {}): Case => {
    const request = requestOf(sysctls, more)
    const undo = createRun(stand, file, 'DEL', request)
    return { what, who, every: 1, prepare: () => void undo(), run: createRun(stand, file, 'ADD', request) }
  }
  // The values of another case are still in the record of the same container.
  const addAnew = () => {
    del()
    add()
  }
  const evict = () => {
    del()
    runQuietly(['dd', `if=${coldFile}`, 'iflag=nocache', 'count=0'])
  }
  const memory = createMemoryRun(stand, file, 'ADD', requestOf(three))
  return [
    { what: rows.VERSION, who, every: 1, prepare: () => undefined, run: runOf('VERSION') },
    ...rows.SIZES.map((count) => addCase(rows.addOf(count), stand.sysctls.slice(0, count))),
    ...(who === rows.PKG
      ? []
      : rows.SIZES_BY_NAME.map((count) => addCase(rows.byName(count), stand.byName.slice(0, count)))),
    ...(who === rows.PEER ? [] : [addCase(rows.UNRECORDED, three, { restoreOnDel: false })]),
    { what: rows.CHECK, who, every: 1, prepare: addAnew, run: runOf('CHECK') },
    { what: rows.DEL, who, every: 1, prepare: addAnew, run: del },
    { what: rows.COLD, who, every: 2, prepare: evict, run: runOf('ADD', 1, coldFile) },
    ...CONTAINERS.map(([count, every]) => {
      const undo = runOf('DEL', count)
      return { what: rows.atOnce(count), who, every, prepare: () => void undo(), run: runOf('ADD', count) }
    }),
    { what: rows.MEMORY, who, every: 10, prepare: () => void del(), run: memory },
  ]
}

function createFloorCases({ who, file }: Executable, stand: Stand): Case[] {
  const dataDir = join(stand.folder, `records-${basename(file)}`)
  const prepare = () => {
    rmSync(dataDir, { recursive: true, force: true })
    mkdirSync(dataDir, { mode: 0o700 })
  }
  const three = stand.sysctls.slice(0, 3)
  const requestOf = (sysctls: readonly Sysctl[], parts = 'record lock cookie') =>
    formatFloorRequest(sysctls, dataDir, parts)
  const addCase = (what: string, sysctls: readonly Sysctl[], parts?: string): Case => {
    return { what, who, every: 1, prepare, run: createRun(stand, file, 'ADD', requestOf(sysctls, parts)) }
  }
  return [
    ...rows.SIZES.map((count) => addCase(rows.addOf(count), stand.sysctls.slice(0, count))).map((each) =>
      each.what === rows.ADD ? { ...each, times: FLOOR_TIMES } : each,
    ),
    ...rows.SIZES_BY_NAME.map((count) => addCase(rows.byName(count), stand.byName.slice(0, count))),
    { ...addCase(rows.UNLOCKED, three, 'record'), times: FLOOR_TIMES },
    addCase(rows.UNRECORDED, three, ''),
    ...CONTAINERS.map(([count, every]) => {
      const run = createRun(stand, file, 'ADD', requestOf(three), count)
      return { what: rows.atOnce(count), who, every, prepare, run }
    }),
    { what: rows.MEMORY, who, every: 10, prepare, run: createMemoryRun(stand, file, 'ADD', requestOf(three)) },
  ]
}
