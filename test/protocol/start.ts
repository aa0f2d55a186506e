import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Ran } from '../helpers/netns.ts'

export interface Started {
  readonly stdin: Writable
  readonly ended: Promise<Ran>
}

/** Starts a command whose stdin is written while it runs; `fd` becomes its descriptor 3. */
export function start(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  fd?: number,
): Started {
  const [file, ...args] = command
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe', fd ?? 'ignore'],
    timeout: 480_000,
    killSignal: 'SIGKILL',
  })
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error(`${file} has no pipes`)
  const status = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const ended = Promise.all([status, text(stdout), text(stderr)])
  return { stdin, ended: ended.then(([code, out, err]) => ({ status: code, stdout: out, stderr: err })) }
}
