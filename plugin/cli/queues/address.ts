import type { Listener } from './sock-diag.ts'

/** `127.0.0.1:80`, `[::1]:80`; with the interface that it is bound to, by its index: `[fe80::1%2]:80`. */
export function formatAddress({ family, address, port, ifIndex }: Listener): string {
  const zone = ifIndex === 0 ? '' : `%${ifIndex}`
  return family === 'ipv4' ? `${address.join('.')}${zone}:${port}` : `[${formatIpv6(address)}${zone}]:${port}`
}

/** RFC 5952: the longest row of zeros becomes `::`. */
export function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.slice(12).join('.')}`
  }
  const text = groups.map((group) => group.toString(16)).join(':')
  const rows = [...text.matchAll(/\b0(?::0\b)+/g)].map(([row]) => row)
  const longest = rows.reduce((best, row) => (row.length > best.length ? row : best), '')
  if (longest === '') return text
  const at = new RegExp(`\\b${longest}\\b`).exec(text)?.index ?? 0
  const [before, after] = [text.slice(0, at), text.slice(at + longest.length)]
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`
}
