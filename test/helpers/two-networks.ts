import { CONFLIST, cacheText, conflist, fakeNode } from './node-state.ts'
import type { Answered } from './requests.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

/** What the entries of two networks ask for net.core.somaxconn. */
export type Asked = readonly [first: number | undefined, second: number | undefined]

function entryOf(somaxconn: number | undefined) {
  return { sysctl: somaxconn === undefined ? {} : { 'net.core.somaxconn': somaxconn } }
}

function ofSecond(text: string): string {
  return text.replace('"net1"', '"net2"')
}

/**
 * A node with a container that two networks were added to when they asked for `then`, the second one later; its conflists ask
 * for `now`.
 */
export function nodeOfTwo(then: Asked, now: Asked) {
  const node = fakeNode(entryOf(now[0]))
  node.put(CONFLIST.replace('net1', 'net2'), ofSecond(conflist(entryOf(now[1]))))
  node.add('c1', { config: conflist(entryOf(then[0])) })
  const cached = ofSecond(cacheText('c1', { config: ofSecond(conflist(entryOf(then[1]))) }))
  node.put('/var/lib/cni/results/net2-c1-eth0', cached)
  /** A request for the network with this index, as the runtime has stored it. */
  const ask = (command: string, index: 0 | 1): Answered =>
    node.ask(command, 'c1', { ...entryOf(then[index]), name: `net${index + 1}` })
  const { exitCode, stdout } = ask('ADD', 1)
  if (exitCode !== 0) throw new Error(stdout)
  return { ...node, ask, somaxconn: () => node.textOf('c1', SOMAXCONN) }
}
