import { execFile } from 'node:child_process'
import type { Ran } from '../helpers/netns.ts'

/** A command that takes longer is stuck. */
const TIMEOUT_MS = 120_000

/** Runs a command, whatever comes of it. */
export function execute(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' } as const
  return new Promise((resolve) => {
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      const reason = child.pid === undefined || child.signalCode !== null ? String(error) : ''
      resolve({ status: child.exitCode, stdout, stderr: `${stderr}${reason}` })
    })
    child.stdin?.end()
  })
}

/** The output of a command. Throws an Error with its stderr if it fails. */
export async function outputOf(file: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { status, stdout, stderr } = await execute(file, args, env)
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ends with ${status}: ${stderr}`)
  return stdout
}
