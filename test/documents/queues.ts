import { connect, startBlockedServer, startNginx } from '../helpers/servers.ts'
import { type Stage, startPod } from './node.ts'

const ENTRY = { sysctl: { 'net.core.somaxconn': 16384 } }

/** Two pods with servers: nginx, and one of Node.js that accepts nothing; and four without. */
export async function prepareQueues(): Promise<Stage> {
  const web = await startPod('shop', 'web-7c5d', 'c1', ENTRY)
  const nginx = await startNginx(web, '8080')
  const cart = await startPod('shop', 'cart-5b9f', 'c2', ENTRY)
  const node = await startBlockedServer(cart, 3000, 64)
  await connect(cart, 3000, 90)
  for (const id of ['c3', 'c4', 'c5', 'c6']) await startPod('shop', id, id, ENTRY)
  return { names: { 'nginx 3731': `nginx ${nginx.pid}`, 'node 3736': `node ${node.pid}` } }
}
