import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Netns } from './netns.ts'
import { newFolder } from './operator.ts'

const NGINX = '/usr/sbin/nginx'
const PATIENCE_MS = 30_000

/** Something that runs in a netns until the test ends. */
export interface Running {
  readonly pid: number
  readonly end: () => Promise<void>
}

/** Starts Debian's nginx in a netns, with its own configuration; `listen` is the value of that directive. */
export async function startNginx(netns: Netns, listen: string): Promise<Running> {
  if (!existsSync(NGINX)) throw new Error(`there is no ${NGINX}: install the package nginx-light`)
  const folder = newFolder()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/t;`)
  const conf = join(folder, 'nginx.conf')
  writeFileSync(
    conf,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; ${temporary.join(' ')} server { listen ${listen}; return 204; } }
`,
  )
  const started = start(netns, [NGINX, '-c', conf, '-e', join(folder, 'error.log')])
  await waitFor(() => existsSync(join(folder, 'pid')), `nginx does not start: see ${folder}`)
  return started
}

/** Starts a server of Node.js that listens and never accepts: its event loop is blocked. */
export async function startBlockedServer(netns: Netns, port: number, backlog: number): Promise<Running> {
  const folder = newFolder()
  const script = `
    require('node:net').createServer().listen({ port: ${port}, host: '127.0.0.1', backlog: ${backlog} }, () => {
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'ready'))}, '')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const started = start(netns, [process.execPath, '-e', script])
  await waitFor(() => existsSync(join(folder, 'ready')), 'the server does not start')
  return started
}

/** Opens as many connections to a port in a netns, and keeps them open. */
export async function connect(netns: Netns, port: number, count: number): Promise<Running> {
  const folder = newFolder()
  const script = `
    const net = require('node:net')
    for (let i = 0; i < ${count}; i++) net.connect(${port}, '127.0.0.1').on('error', () => undefined)
    setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'ready'))}, ''), 300)
    setInterval(() => undefined, 1000)`
  const started = start(netns, [process.execPath, '-e', script])
  await waitFor(() => existsSync(join(folder, 'ready')), 'no connection is made')
  return started
}

const running = new Set<ChildProcess>()

/** Ends what a test has started. */
export async function endServers(): Promise<void> {
  await Promise.all([...running].map(end))
}

function start(netns: Netns, command: readonly string[]): Running {
  const [file, ...args] = netns.insideCommand(command)
  const child = spawn(file, args, { stdio: 'ignore' })
  running.add(child)
  return { pid: child.pid ?? 0, end: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

async function waitFor(isSo: () => boolean, complaint: string): Promise<void> {
  for (const limit = performance.now() + PATIENCE_MS; !isSo(); await sleep(10)) {
    if (performance.now() > limit) throw new Error(complaint)
  }
}
