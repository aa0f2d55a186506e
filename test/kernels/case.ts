import { isOlderThan } from '../../plugin/sysctl/release.ts'

/** Facts about the kernel of a case. */
export interface Facts {
  /** As the plugin reports it, `5.10.262`. */
  readonly release: string
  /** Whether it is of this series or a later one. */
  readonly since: (series: string) => boolean
}

/**
 * bare: hardly a module is loaded; loaded: those with sysctls; noIpv6: another boot, with ipv6.disable=1; search: cases that
 * change the whole machine, and so come last.
 */
export type Stage = 'bare' | 'loaded' | 'noIpv6' | 'search'

/** A case: what is done on a kernel, and the expected result. */
export interface KernelCase {
  readonly name: string
  readonly stage: Stage
  /** If it only depends on the kernel or on texts, not on the engine: Node.js starts slowly in an emulator. */
  readonly isNativeOnly?: true
  /** A shell script, with guest/lib.sh. */
  readonly run: string
  /** The lines that it prints, without empty ones; for JSON of the plugin see {@link shorten}. */
  readonly prints: (facts: Facts) => readonly (string | RegExp)[]
}

/** The modules that the cases of a stage need, if they are not built in. */
export const MODULES: Readonly<Record<Stage, readonly string[]>> = {
  bare: ['veth', 'nf_defrag_ipv6'],
  // libcrc32c needs the first one, by another name.
  loaded: ['crc32c_generic', 'nf_conntrack', 'br_netfilter', 'ip_vs', 'tcp_htcp', 'sctp'],
  noIpv6: ['veth'],
  search: [],
}

/** `version` is that of Debian's package, `5.10.262-1`. */
export function createFacts(version: string): Facts {
  const release = version.replace(/[-~+].*/, '')
  return { release, since: (series) => !isOlderThan(release, series) }
}

/** A line of a case, with the plugin's answer in short: `ok`, or the code and the message of an error. */
export function shorten(line: string): string {
  if (!line.startsWith('{"')) return line
  const { code, msg } = JSON.parse(line) as { code?: number; msg?: string }
  return code === undefined ? 'ok' : `${code}: ${msg}`
}

/** A call of the plugin for the pod, with this configuration. */
export function cni(command: 'ADD' | 'CHECK' | 'DEL', conf: Readonly<Record<string, unknown>>): string {
  const base = { cniVersion: '1.0.0', name: 'net1', type: 'netns-sysctl', prevResult: {} }
  return `cni ${command} '${JSON.stringify({ ...base, ...conf }).replaceAll("'", "'\\''")}'`
}
