import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from './executable.ts'
import { run } from './netns.ts'

/** One system call of a process that fails or is killed. */
export interface Moment {
  readonly call: string
  /** Counts the calls of this name in the thread, from 1. */
  readonly number: number
  /** The whole line of strace. */
  readonly line: string
}

/** Throws without strace, with the package to install. */
export function requireStrace(): void {
  try {
    run(['strace', '-V'])
  } catch {
    throw new Error('there is no strace: install it (apt-get install strace)')
  }
}

/** The start of the process, and its end, which cannot fail. */
const UNTOUCHED = new Set(['execve', 'arch_prctl', 'set_tid_address', 'exit_group', 'exit'])

/** The command line for an executable. */
type Wrap = (executable: string) => Command

/** For example a write of ip_forward, which waits for the kernel's lock of all interfaces (rtnl) by starting again. */
const RESTARTED = / = \? ERESTART/

/** The system calls of the first thread of the command that `action` runs under the given strace. */
export function findMoments(action: (wrap: Wrap) => void): Moment[] {
  const log = join(tmpdir(), `strace-${process.pid}`)
  action((executable) => ['strace', '-f', '-qq', '-o', log, executable])
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  rmSync(log)
  const [thread = ''] = lines[0]?.split(' ') ?? []
  const counts = new Map<string, number>()
  return lines
    .filter((line) => line.startsWith(`${thread} `) && !RESTARTED.test(line))
    .flatMap((line) => {
      const [, call] = /^\d+ +(\w+)\(/.exec(line) ?? []
      if (call === undefined) return []
      counts.set(call, (counts.get(call) ?? 0) + 1)
      return [{ call, number: counts.get(call) ?? 0, line }]
    })
    .filter(({ call }) => !UNTOUCHED.has(call))
}

/**
 * Makes the call fail with an errno, or kills the process before it, in the command that `action` runs under the
 * given strace. Returns whether the call was made.
 */
export function inject({ call, number }: Moment, way: string, action: (wrap: Wrap) => void): boolean {
  const log = join(tmpdir(), `strace-${process.pid}`)
  const isKill = way === 'KILL'
  const what = isKill ? 'signal=KILL' : `error=${way}`
  const only = ['-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${number}`]
  // With seccomp no other call stops for strace, but no signal is sent.
  const quick = isKill ? [] : ['--seccomp-bpf']
  action((executable) => ['strace', '-f', '-qq', '-o', log, ...quick, ...only, executable])
  const traced = readFileSync(log, 'utf8')
  rmSync(log)
  return traced.includes(isKill ? '+++ killed by SIGKILL' : '(INJECTED)')
}
