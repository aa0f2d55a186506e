// A server in the network namespace it is started in: listens, and prints how long the kernel made its accept queue.

import { dlopen } from 'node:ffi'
import { createServer } from 'node:net'

const IPPROTO_TCP = 6
const TCP_INFO = 11
/** tcpi_sacked of struct tcp_info, <linux/tcp.h>: of a listening socket its sk_max_ack_backlog, tcp_get_info(). */
const MAX_ACK_BACKLOG_OFFSET = 28

const server = createServer()
server.listen({ host: '0.0.0.0', port: 0, backlog: Number(process.argv[2]) }, () => {
  console.log(readMaxAckBacklog(descriptorOf(server)))
  server.close()
})

function descriptorOf(listening: unknown): number {
  return (listening as { readonly _handle: { readonly fd: number } })._handle.fd
}

function readMaxAckBacklog(fd: number): number {
  const { functions } = dlopen(null, {
    getsockopt: { arguments: ['i32', 'i32', 'i32', 'buffer', 'buffer'], return: 'i32' },
  })
  const info = new DataView(new ArrayBuffer(MAX_ACK_BACKLOG_OFFSET + 4))
  const length = new Uint32Array([info.byteLength])
  if (functions.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info.buffer, length.buffer) !== 0) {
    throw new Error('getsockopt(TCP_INFO) failed')
  }
  return info.getUint32(MAX_ACK_BACKLOG_OFFSET, true)
}
