import { closeSync } from 'node:fs'
import { createLibc } from '../../plugin/engine/node/libc.ts'
import { createNamespaces } from '../../plugin/engine/node/namespaces.ts'
import type { Netns } from './netns.ts'

const namespaces = createNamespaces(createLibc())

/** Does something in a netns in this thread, which takes a hundredth of a command's time. Only root may. */
export function inNetns<T>({ path }: Pick<Netns, 'path'>, action: () => T): T {
  const netns = namespaces.openNetns(path)
  try {
    namespaces.enterNetns(netns)
    return action()
  } finally {
    namespaces.leaveNetns()
    closeSync(netns.fd)
  }
}
