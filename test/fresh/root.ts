import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CGROUP_OF_RUN } from '../helpers/cgroups.ts'
import { CACHE, NPM_CACHE } from './cache.ts'
import { debootstrap } from './debootstrap.ts'
import { execute, type Step } from './execute.ts'
import { connectRoot, environmentOfRoot } from './machine.ts'

/** Beside the other root's commands. */
const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '../..')

const ENTER = join(import.meta.dirname, 'enter.sh')

/** What is not of the project's files: see .gitignore. */
const NOT_COPIED = ['.git', 'dist', 'node_modules']

/** Where the project is in a root. */
const PROJECT = '/srv/netns-sysctl'

export interface Root {
  /** Runs commands of a shell in the project's folder; `isAlone` without the machine's network. */
  readonly run: (commands: string, options?: { readonly isAlone?: boolean }) => Promise<Step>
  /** Where a path of the root is on this machine. */
  readonly pathOf: (path: string) => string
  readonly close: () => Promise<void>
}

/** A new Debian, made by debootstrap with as little as there is, and the project's files in it. */
export async function createRoot(suite: string): Promise<Root> {
  const debs = join(CACHE, 'debs', suite)
  mkdirSync(join(debs, 'partial'), { recursive: true })
  const base = await debootstrap(suite, join(CACHE, `base-${suite}`), debs)
  const root = join(CACHE, `root-${suite}-${process.pid}`)
  await run('cp', ['--archive', base, root])
  connectRoot(root)
  await copyProject(join(root, PROJECT))
  const env = {
    ...environmentOfRoot(),
    FRESH_DEBS: debs,
    FRESH_NPM: NPM_CACHE,
    CGROUP: `${CGROUP_OF_RUN}/${suite}`,
  }
  return {
    run: (commands, { isAlone = false } = {}) =>
      execute(isAlone ? ['--net'] : [], ['bash', ENTER, root, `cd ${PROJECT}\n${commands}`], env),
    pathOf: (path) => join(root, path),
    close: async () => {
      await run('rm', ['--recursive', '--force', root])
    },
  }
}

/** The files as they are now, also those that are not committed yet. */
async function copyProject(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const names = readdirSync(ROOT).filter((name) => !NOT_COPIED.includes(name))
  await run('cp', ['--archive', '--no-preserve=ownership', ...names.map((name) => join(ROOT, name)), folder])
}
