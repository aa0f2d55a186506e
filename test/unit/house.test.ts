import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const PLUGIN = join(import.meta.dirname, '../../plugin')

/** The floors of the house, from the top: what stands on one may import only what stands below it. */
const FLOORS = [
  ['quickjs.ts', 'quickjs-operator.ts', 'node.ts', 'node-operator.ts'],
  ['main.ts'],
  ['runtime.ts'],
  ['cli'],
  ['commands'],
  ['state'],
  ['plan'],
  ['config'],
  ['policy'],
  ['sysctl', 'link'],
  ['subject'],
  ['cni'],
  ['engine'],
  ['json', 'os'],
]

/** The limit of a file's lines: a longer one has more than one topic. */
const MOST_LINES: Readonly<Record<string, number>> = { '.ts': 150, '.mjs': 150, '.c': 300, '.h': 300 }

interface Import {
  readonly from: string
  readonly to: string
}

const FILES = readdirSync(PLUGIN, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|mjs|c|h)$/.test(file))
const IMPORTS = FILES.filter((file) => file.endsWith('.ts')).flatMap(importsOf)

describe('the house', () => {
  test('there is something to hold', () => {
    expect(IMPORTS.length).toBeGreaterThan(300)
  })

  test('every file stands on a floor', () => {
    expect(FILES.filter((file) => floorOf(file) < 0)).toEqual([])
  })

  test('every import leads to a floor below, types included', () => {
    expect(IMPORTS.filter(leadsUp).map(format)).toEqual([])
  })

  test('a folder beside another knows nothing of it', () => {
    const beside = IMPORTS.filter(({ from, to }) => floorOf(from) === floorOf(to) && roomOf(from) !== roomOf(to))
    expect(beside.map(format)).toEqual([])
  })

  test('no files import each other in a circle, types included', () => {
    expect(FILES.filter((file) => reachableFrom(file).has(file))).toEqual([])
  })

  test('only the entries know an engine', () => {
    const known = IMPORTS.filter(({ from, to }) => roomOf(to) === 'engine' && roomOf(from) !== 'engine')
    expect(known.filter(({ from }) => !FLOORS[0]?.includes(from)).map(format)).toEqual([])
  })

  test('no file is too long to tell one thing', () => {
    const long = FILES.map((file) => ({ file, lines: linesOf(file) }))
    expect(long.filter(({ file, lines }) => lines > (MOST_LINES[/\.\w+$/.exec(file)?.[0] ?? ''] ?? 0))).toEqual([])
  })
})

function importsOf(from: string): Import[] {
  const text = readFileSync(join(PLUGIN, from), 'utf8')
  const statements = text.matchAll(/^(?:import|export)\b[^']*?\bfrom '(\.[^']+)'$/gm)
  return [...statements].map(([, path = '']) => ({ from, to: normalize(join(dirname(from), path)) }))
}

function leadsUp({ from, to }: Import): boolean {
  return roomOf(from) !== roomOf(to) && floorOf(to) <= floorOf(from)
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function floorOf(file: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)))
}

function reachableFrom(file: string): Set<string> {
  const reached = new Set<string>()
  const waiting = [file]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { to } of IMPORTS.filter(({ from }) => from === next)) {
      if (!reached.has(to)) waiting.push(to)
      reached.add(to)
    }
  }
  return reached
}

function linesOf(file: string): number {
  return readFileSync(join(PLUGIN, file), 'utf8').split('\n').length - 1
}

function format({ from, to }: Import): string {
  return `plugin/${from} imports plugin/${relative('.', to)}`
}
