import { isDeepStrictEqual } from 'node:util'
import type { Ran } from '../helpers/netns.ts'
import type { Wanted } from './chain.ts'
import { type Finding, find, type Section } from './section.ts'
import { PLUGIN, runPlugin, type Stage } from './stage.ts'
import { formatTable } from './table.ts'

export type Values = readonly (string | undefined)[]

/** The values that the container gets without the plugin. */
export function tellNetns({ netns, ifName }: Stage): Section {
  const link = ifName === 'lo' ? 'only lo (the command ip is missing)' : `${ifName}, one end of a veth pair`
  return {
    heading: 'A network namespace, as a runtime makes it for a container',
    lines: formatTable([
      ['path', netns.path],
      ['interface', link],
    ]),
    findings: [],
  }
}

/** The sysctls on the host, in the new netns, and after ADD. */
export function tellAdd(
  { chain }: Stage,
  file: string,
  added: Ran,
  wanted: readonly Wanted[],
  { onHost, before, after }: Readonly<Record<'onHost' | 'before' | 'after', Values>>,
): Section {
  const rows = wanted.map(({ key }, index) => [key, show(onHost[index]), show(before[index]), show(after[index])])
  const wrong = wanted.filter(({ value, mayFail }, index) => {
    const now = after[index]
    return now === undefined ? !mayFail : show(now) !== show(value)
  })
  return {
    heading: "ADD: before the container's first process starts",
    lines: [
      `${file} is the chain ${[...chain.before, 'netns-sysctl'].join(', ')}.`,
      ...chain.before.map((type) => `(${type} is not run here: the result that it would give is made up.)`),
      '',
      ...formatTable([['SYSCTL', 'HOST', 'NEW NETNS', 'AFTER ADD'], ...rows]),
      '',
    ],
    findings: [
      find(added.status === 0, `${PLUGIN} succeeded`, `${PLUGIN} ${formatEnd(added)}`),
      find(
        wrong.length === 0,
        'every sysctl has the value of the conflist',
        `not set: ${wrong.map(({ key, value }) => `${key} = ${value}`).join(', ')}`,
      ),
    ],
  }
}

/** The accept queue of a server that was started before ADD, and of one that was started after it. */
export function tellAcceptQueue(backlog: number, before: number, after: number, somaxconn: number): Section {
  const expected = Math.min(backlog, somaxconn)
  return {
    heading: 'What it is good for: the accept queue of a server in that network namespace',
    lines: [
      'listen(2) cuts the queue to net.core.somaxconn, once and for all: a later change comes too late.',
      '',
      ...formatTable(
        [
          ['SERVER STARTED', 'ASKED FOR', 'GOT'],
          ['before ADD', String(backlog), String(before)],
          ['after ADD', String(backlog), String(after)],
        ],
        [1, 2],
      ),
      '',
    ],
    findings: [
      find(
        after === expected,
        before < after
          ? `${after - before} more connections can wait to be accepted`
          : 'the queue is as long as net.core.somaxconn allows',
        `the queue has ${after}, not the ${expected} that net.core.somaxconn allows`,
      ),
    ],
  }
}

/** The result that the runtime gets. */
export function tellResult({ prevResult, ifName }: Stage, { stdout }: Ran): Section {
  return {
    heading: 'The result, for the runtime',
    lines: [],
    findings: [
      find(
        isDeepStrictEqual(parseOrUndefined(stdout), prevResult),
        `ADD printed what it was given as prevResult: interface ${ifName}, its address, its routes`,
        `ADD printed ${stdout.trim() || 'nothing'}, not ${JSON.stringify(prevResult)}`,
      ),
    ],
  }
}

/** CHECK three times: after ADD, after somebody changed `key`, and after that was undone. */
export function tellCheck(stage: Stage, changed: Wanted, previous: string): Section {
  const set = (value: string) => stage.netns.inside(['tee', changed.path], { input: `${value}\n` })
  const fresh = runPlugin(stage, 'CHECK')
  set(previous)
  const spoilt = runPlugin(stage, 'CHECK')
  set(changed.value)
  const mended = runPlugin(stage, 'CHECK')
  const { code, msg } = (parseOrUndefined(spoilt.stdout) ?? {}) as { code?: unknown; msg?: unknown }
  return {
    heading: 'CHECK: is it still so?',
    lines: [],
    findings: [
      findSilent(fresh, 'right after ADD'),
      find(
        spoilt.status === 1 && code === 102 && String(msg).includes(changed.key),
        `changed by hand: error ${code}, ${msg}`,
        `changed by hand: ${changed.key} is ${previous}, and the plugin ${formatEnd(spoilt)}`,
      ),
      findSilent(mended, 'put right'),
    ],
  }
}

/** DEL with the netns, and once more after the container and its netns are gone. */
export function tellDel(del: Ran, late: Ran): Section {
  return {
    heading: 'DEL: the container goes',
    lines: [],
    findings: [findSilent(del, 'with the network namespace'), findSilent(late, 'once more, after it is gone')],
  }
}

/** Whether anything outside the netns has changed. */
export function tellHost(count: number, changes: readonly string[]): Section {
  return {
    heading: 'The host',
    lines: [],
    findings: [
      find(
        changes.length === 0,
        `all ${count} sysctls under /proc/sys/net are as before`,
        changes.join('\n           '),
      ),
    ],
  }
}

function findSilent(outcome: Ran, text: string): Finding {
  return find(outcome.status === 0 && outcome.stdout === '', `${text}: success`, `${text}: ${formatEnd(outcome)}`)
}

function formatEnd({ status, stdout, stderr }: Ran): string {
  return `ended with ${status} and printed ${`${stdout}${stderr}`.trim() || 'nothing'}`
}

function show(value: string | undefined): string {
  return value === undefined ? '(absent)' : value.trim().replace(/\s+/g, ' ') || '(empty)'
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
