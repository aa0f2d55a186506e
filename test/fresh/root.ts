import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** Roots and downloads stay here for the next run. */
const CACHE = join(ROOT, 'dist/fresh')
const ENTER = join(import.meta.dirname, 'enter.sh')

/** Where the project is in a root. */
const PROJECT = '/srv/netns-sysctl'

export interface Step {
  readonly status: number | null
  /** stdout and stderr as they came. */
  readonly output: string
  readonly seconds: number
}

export interface Root {
  /** Runs commands of a shell in the project's folder; `isAlone` without the machine's network. */
  readonly run: (commands: string, options?: { readonly isAlone?: boolean }) => Promise<Step>
  /** Where a path of the root is on this machine, if the root has changed it. */
  readonly changed: (path: string) => string
  readonly close: () => void
}

/** A new Debian, made by debootstrap with as little as there is, and the project's files in it. */
export async function createRoot(suite: string): Promise<Root> {
  const debs = join(CACHE, 'debs', suite)
  const npm = join(CACHE, 'npm')
  mkdirSync(join(debs, 'partial'), { recursive: true })
  mkdirSync(npm, { recursive: true })
  const base = await debootstrap(suite, debs)
  const changes = mkdtempSync(join(CACHE, `${suite}-`))
  const env = {
    ...process.env,
    FRESH_DEBS: debs,
    FRESH_NPM: npm,
    FRESH_REGISTRY: npmSetting('registry'),
    FRESH_CGROUP: `netns-sysctl-fresh-${suite}`,
  }
  copyProject(join(changes, 'upper', PROJECT))
  return {
    run: (commands, { isAlone = false } = {}) => {
      const namespaces = ['--mount', '--pid', '--fork', '--kill-child', ...(isAlone ? ['--net'] : [])]
      const inProject = `cd ${PROJECT}\n${commands}`
      // Ends with this process, and everything in the root with it.
      return execute(
        'setpriv',
        ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'bash', ENTER, base, changes, inProject],
        env,
      )
    },
    changed: (path) => join(changes, 'upper', path),
    close: () => rmSync(changes, { recursive: true, force: true }),
  }
}

async function debootstrap(suite: string, debs: string): Promise<string> {
  const base = join(CACHE, `base-${suite}`)
  if (existsSync(base)) return base
  const work = mkdtempSync(join(CACHE, 'base-'))
  const { status, output } = await execute('debootstrap', ['--variant=minbase', `--cache-dir=${debs}`, suite, work])
  if (status !== 0) throw new Error(`debootstrap ${suite} failed:\n${output.slice(-2000)}`)
  renameSync(work, base)
  return base
}

/** The files as they are now, also those that are not committed yet. */
function copyProject(folder: string): void {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)))
  for (const file of files) cpSync(join(ROOT, file), join(folder, file))
}

function npmSetting(name: string): string {
  return spawnSync('npm', ['config', 'get', name], { encoding: 'utf8' }).stdout.trim()
}

/** Puts what this machine's npm has fetched already into the cache of the roots. */
export function fillNpmCache(): void {
  const from = join(npmSetting('cache'), '_cacache')
  const to = join(CACHE, 'npm/_cacache')
  if (existsSync(from) && !existsSync(to)) cpSync(from, to, { recursive: true })
}

/** Keeps what a root's steps have printed. */
export function writeLog(suite: string, text: string): string {
  const file = join(CACHE, `${suite}.log`)
  writeFileSync(file, text)
  return file
}

function execute(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Step> {
  const started = Date.now()
  let output = ''
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', reject).once('close', (status) => {
      resolve({ status, output, seconds: Math.round((Date.now() - started) / 1000) })
    })
  })
}
