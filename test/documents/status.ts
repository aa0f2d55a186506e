import type { Netns } from '../helpers/netns.ts'
import { createNetns } from '../helpers/netns.ts'
import { startNginx } from '../helpers/servers.ts'
import { pidOf, type Stage, startPod, webConflist, writeConflist } from './node.ts'

const NOW = { sysctl: { 'net.core.somaxconn': 16384 } }
const BEFORE = { sysctl: { 'net.core.somaxconn': 8192, 'net.ipv4.tcp_keepalive_time': 60 } }

/** A node with pods from before and after a change of its conflist, and one from before the plugin was installed. */
export async function prepareApply(): Promise<Stage> {
  writeConflist('10-web.conflist', webConflist(NOW))
  const old = await startPod('shop', 'web-0', '1a2b', BEFORE)
  await startNginx(old, '8080')
  await startPod('shop', 'web-1', '5c6d', NOW)
  setSomaxconn(await startPod('shop', 'web-2', '8d0e', NOW), 1024)
  await startPod('shop', 'cart-0', '9e1f')
  return {}
}

/** As {@link prepareApply}, and an unknown network namespace. */
export async function prepareStatus(): Promise<Stage> {
  await prepareApply()
  const unknown = await createNetns()
  return { names: { 'process 11964': `process ${pidOf(unknown)}` } }
}

function setSomaxconn(netns: Netns, value: number): void {
  const { status, stderr } = netns.inside(['sh', '-c', `echo ${value} >/proc/sys/net/core/somaxconn`])
  if (status !== 0) throw new Error(stderr)
}
