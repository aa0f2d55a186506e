import { OsError } from '../../plugin/os/os.ts'
import type { Files } from './fake-files.ts'
import type { FakeLink } from './fake-link.ts'

const RTM_NEWLINK = 16
const NLM_F_CREATE = 0x400
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFLA_LINKINFO = 18

/** The requests of rtnetlink(7) that the plugin makes: a pair of veth interfaces, and to bring one up. */
export function fakeNetlink(files: Files, links: Record<string, FakeLink>, request: Uint8Array): Uint8Array {
  const view = new DataView(request.buffer)
  if (view.getUint16(4, true) !== RTM_NEWLINK) throw new OsError('EOPNOTSUPP', 'request', 'netlink 0')
  const own = attributesOf(request.subarray(32))
  const names = [own, ...peerOf(own)].map((attributes) => nameOf(attributes))
  const isNew = (view.getUint16(6, true) & NLM_F_CREATE) !== 0
  for (const name of names) {
    if (isNew === name in links) throw new OsError(isNew ? 'EEXIST' : 'ENODEV', 'request', 'netlink 0')
    if (isNew) addLink(files, links, name, new DataView((own.get(IFLA_MTU) as Uint8Array).slice().buffer))
  }
  return new Uint8Array()
}

function addLink(files: Files, links: Record<string, FakeLink>, name: string, mtu: DataView): void {
  links[name] = { mac: '0a:00:00:00:00:0a', mtu: mtu.getUint32(0, true), flags: 0x1043, txQLen: 1000 }
  const dev = files.get('/proc/thread-self/net/dev')
  if (dev !== undefined) dev.text += `${name.padStart(6)}: 0 0\n`
  for (const [path, file] of [...files]) {
    if (/\/(conf|neigh)\/default\//.test(path)) files.set(path.replace('/default/', `/${name}/`), { ...file })
  }
}

function peerOf(own: ReadonlyMap<number, Uint8Array>): Map<number, Uint8Array>[] {
  const info = own.get(IFLA_LINKINFO)
  if (info === undefined) return []
  const peer = attributesOf(attributesOf(info).get(2) as Uint8Array).get(1) as Uint8Array
  return [attributesOf(peer.subarray(16))]
}

function nameOf(attributes: ReadonlyMap<number, Uint8Array>): string {
  return new TextDecoder().decode(attributes.get(IFLA_IFNAME)).replace('\0', '')
}

function attributesOf(bytes: Uint8Array): Map<number, Uint8Array> {
  const attributes = new Map<number, Uint8Array>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; at += (view.getUint16(at, true) + 3) & ~3) {
    attributes.set(view.getUint16(at + 2, true), bytes.subarray(at + 4, at + view.getUint16(at, true)))
  }
  return attributes
}
