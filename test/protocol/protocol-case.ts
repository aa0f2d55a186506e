import { release } from 'node:os'
import type { Sysctls } from '../helpers/sysctls.ts'

/** A request of a runtime, and the expected result. `{netns}` stands for the path of the container's netns. */
export interface ProtocolCase {
  readonly name: string
  readonly command: string
  /** Changes of the variables that a runtime sets for eth0; `undefined` leaves one out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Changed members of a valid configuration. */
  readonly conf?: Readonly<Record<string, unknown>>
  /** The whole of stdin, instead of a configuration. */
  readonly stdin?: string
  /** The plugin is run inside the container's netns. */
  readonly isInside?: true
  /** Values before, if they are not those of {@link BASE}. */
  readonly before?: Sysctls
  readonly exitCode: 0 | 1
  /** The document on stdout; undefined for an empty stdout. `{release}` stands for that of the kernel. */
  readonly stdout?: unknown
  /** The differences afterwards; everything else must be unchanged. */
  readonly after?: Sysctls
}

/** The sysctls that are set before every case and checked after it. */
export const BASE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_forward': '0',
  'net/ipv4/ip_local_port_range': '32768 60999',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv4/tcp_fin_timeout': '60',
  'net/ipv4/conf/all/rp_filter': '0',
  'net/ipv4/conf/default/rp_filter': '0',
  'net/ipv4/conf/lo/rp_filter': '0',
  'net/ipv4/conf/eth0/rp_filter': '0',
  'net/ipv4/conf/eth0.100/rp_filter': '0',
}

/** A value with the placeholders in its texts replaced. */
export function fillIn<T>(value: T, netns: string): T {
  if (value === undefined) return value
  const kernel = release().replace(/-.*/, '')
  return JSON.parse(JSON.stringify(value).replaceAll('{netns}', netns).replaceAll('{release}', kernel)) as T
}
