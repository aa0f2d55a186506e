import { readFileSync } from 'node:fs'
import { parseSysctlKey, replaceIfName } from '../../plugin/sysctl/key.ts'

/** A conflist as libcni reads it, as far as the demonstration goes. */
export interface Chain {
  readonly cniVersion: string
  readonly name: string
  /** The types of the plugins before netns-sysctl. */
  readonly before: readonly string[]
  /** The configuration of netns-sysctl, as in the conflist. */
  readonly conf: Readonly<Record<string, unknown>>
}

/** A configured sysctl: its canonical key, its file, and the value that it is to have. */
export interface Wanted {
  readonly key: string
  readonly path: string
  readonly value: string
  /** Written with `-`: it may be absent. */
  readonly mayFail: boolean
}

interface Conflist {
  readonly cniVersion: string
  readonly name: string
  readonly plugins?: readonly { readonly type: string }[]
}

/** Throws an Error if netns-sysctl is not in the conflist. */
export function readChain(file: string): Chain {
  const { cniVersion, name, plugins = [] } = JSON.parse(readFileSync(file, 'utf8')) as Conflist
  const index = plugins.findIndex(({ type }) => type === 'netns-sysctl')
  const conf = plugins[index]
  if (conf === undefined) throw new Error(`${file} has no plugin of type netns-sysctl`)
  return { cniVersion, name, before: plugins.slice(0, index).map(({ type }) => type), conf: { ...conf } }
}

/** With the undo records in a folder of the demonstration's own, what libcni writes to a chained plugin's stdin: its configuration with name, cniVersion and prevResult, sorted. */
export function formatRequest(
  { conf, name, cniVersion }: Chain,
  dataDir: string,
  prevResult: object | undefined,
): string {
  const request = { ...conf, name, cniVersion, dataDir, ...(prevResult !== undefined && { prevResult }) }
  return JSON.stringify(Object.fromEntries(Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** The result of a main plugin like bridge: made up here, because none is run. */
export function madeUpResult({ cniVersion }: Chain, ifName: string, sandbox: string): object {
  return {
    cniVersion,
    interfaces: [
      { name: 'cni0', mac: '5a:1c:d2:0e:86:31' },
      { name: 'veth3b1f09c7', mac: '8e:9a:41:f0:27:d5' },
      { name: ifName, mac: '22:6f:b3:18:c4:7a', sandbox },
    ],
    ips: [{ interface: 2, address: '10.22.0.5/16', gateway: '10.22.0.1' }],
    routes: [{ dst: '0.0.0.0/0' }],
    dns: {},
  }
}

/** The sysctls that a chain configures for an interface. */
export function wantedSysctls({ conf }: Chain, ifName: string): Wanted[] {
  return Object.entries(conf.sysctl as Readonly<Record<string, unknown>>).map(([name, value]) => {
    const mayFail = name.startsWith('-')
    const { canonical, path } = replaceIfName(parseSysctlKey(mayFail ? name.slice(1) : name), ifName)
    return { key: canonical, path, value: String(value), mayFail }
  })
}
