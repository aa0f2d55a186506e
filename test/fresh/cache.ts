import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillNpmCache } from './machine.ts'

/** Roots and downloads stay here for the next run. */
export const CACHE = join(import.meta.dirname, '../../dist/fresh')

/** Of all roots. */
export const NPM_CACHE = join(CACHE, 'npm')

/** For each root, with its packages. */
const GIGABYTES = 2.5

/** Fills npm's cache, and removes roots of runs that were killed. Throws an Error if there is no room for `count` roots. */
export function prepareCache(count: number): void {
  mkdirSync(NPM_CACHE, { recursive: true })
  for (const name of readdirSync(CACHE)) {
    const [, pid] = /^root-\w+-(\d+)$/.exec(name) ?? []
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(CACHE, name), { recursive: true })
  }
  const { bavail, bsize } = statfsSync(CACHE)
  const [free, needed] = [(bavail * bsize) / 1e9, count * GIGABYTES]
  if (free < needed) throw new Error(`${needed} GB are needed in ${CACHE}, but only ${free.toFixed(1)} GB are free`)
  fillNpmCache(NPM_CACHE)
}

/** Keeps what a root's steps have printed; the path of the file. */
export function writeLog(suite: string, text: string): string {
  const file = join(CACHE, `${suite}.log`)
  writeFileSync(file, text)
  return file
}
