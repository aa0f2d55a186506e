import type { KnownServer } from './servers.ts'

/** The reason of a queue's limit, as far as it is known. */
export type Cause =
  /** It is net.core.somaxconn: the server has asked for that or for more. */
  | 'somaxconn'
  /** The server is known to ask for more. */
  | 'cut'
  /** The server asked for less itself. */
  | 'server'
  /** It listened while net.core.somaxconn was less, and is known to ask for more. */
  | 'old-value'
  /** One of these two. */
  | 'server-or-old-value'
  /** It listened while net.core.somaxconn was more. */
  | 'lowered'

/** What is known about one queue. */
export interface Situation {
  readonly limit: number
  /** net.core.somaxconn now. */
  readonly somaxconn: number
  /** Values that net.core.somaxconn is known to have had before. */
  readonly earlier: readonly EarlierValue[]
  /** Whether these are all, according to the plugin's record; without a record anybody may have set it. */
  readonly isRecorded: boolean
  readonly server: KnownServer | undefined
}

export interface EarlierValue {
  readonly value: number
  /** In words: `the kernel's own value`. */
  readonly from: string
}

/** The kernel does not store what a server has asked for, nor when: inet_csk_listen_start(). */
export function findCause({ limit, somaxconn, earlier, isRecorded, server }: Situation): Cause {
  const asksForMore = server !== undefined && server.defaults.length > 0 && Math.min(...server.defaults) > limit
  if (limit > somaxconn) return 'lowered'
  if (limit === somaxconn) return asksForMore ? 'cut' : 'somaxconn'
  if (server?.defaults.includes(limit)) return 'server'
  if (!earlier.some(({ value }) => value === limit)) return isRecorded ? 'server' : 'server-or-old-value'
  return asksForMore ? 'old-value' : 'server-or-old-value'
}

/** The cause in words, and what can be done. */
export function explainCause(situation: Situation): string {
  const { limit, somaxconn, earlier, server } = situation
  const name = server?.name ?? 'the server'
  const value = `net.core.somaxconn (${somaxconn})`
  const old = earlier.find((each) => each.value === limit)
  const formerly = `net.core.somaxconn was ${limit}${old === undefined ? '' : `, ${old.from}`}`
  switch (findCause(situation)) {
    case 'lowered':
      return `it listened while net.core.somaxconn was ${limit} or more; once restarted it gets at most ${somaxconn}`
    case 'cut':
      return `cut by ${value}: ${name} asks for ${Math.min(...(server?.defaults ?? []))} unless told otherwise; raise that, then restart it`
    case 'somaxconn':
      return `the limit is ${value}: either the server asked for more and was cut, or for exactly that; to let more wait, raise that, then restart it`
    case 'server':
      return `${asksItself(situation)}; ${value} would let more wait`
    case 'old-value':
      return `it listened while ${formerly}: restart it to get what it asks for, at most ${somaxconn}`
    case 'server-or-old-value':
      return old === undefined
        ? `either ${asksItself(situation)}; or it listened while ${formerly}: then restart it`
        : `either it listened while ${formerly}: then restart it; or ${asksItself(situation)}`
  }
}

/** Numbers that many servers ask for. */
const USUAL = new Map([[128, ", as Rust's standard library does and C programs with an old SOMAXCONN"]])

function asksItself({ limit, server }: Situation): string {
  if (server === undefined) return `the server asks for ${limit} itself, in listen(2)${USUAL.get(limit) ?? ''}`
  const isDefault = server.defaults.includes(limit)
  return `${server.name} asks for ${limit} itself${isDefault ? ', its default' : ''}: set ${server.directive}`
}
