import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Netns } from './netns.ts'
import { pathOf, type Sysctls } from './sysctls.ts'

/** Sysctls of a netns that can be read and written without a new process each time. */
export interface OpenSysctls {
  readonly read: () => Sysctls
  readonly write: (sysctls: Sysctls) => void
}

/** Lower descriptors belong to the shell. */
const FIRST_FD = 3

/**
 * A process in the netns keeps sysctls open: its descriptors lead to files of its netns, whoever opens them
 * there. It ends with this process. At most seven names. Throws if one cannot be opened.
 */
export async function openSysctls(netns: Netns, names: readonly string[]): Promise<OpenSysctls> {
  const opened = names.map((name, index) => `${FIRST_FD + index}<>${pathOf(name)}`)
  const [file, ...args] = netns.insideCommand(['sh', '-c', `exec ${opened.join(' ')} && echo open && exec cat`])
  const holder = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
  if (String(said).trimEnd() !== 'open') throw new Error(`cannot open ${names.join(', ')} in the netns`)
  const linkOf = (name: string) => `/proc/${holder.pid}/fd/${FIRST_FD + names.indexOf(name)}`
  return {
    read: () => Object.fromEntries(names.map((name) => [name, readFileSync(linkOf(name), 'utf8').trimEnd()])),
    write: (sysctls) => {
      for (const [name, value] of Object.entries(sysctls)) writeFileSync(linkOf(name), value)
    },
  }
}
