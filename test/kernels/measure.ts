import { gunzipSync } from 'node:zlib'
import type { Printed } from './machine.ts'

/** The output of explain for one sysctl. */
export interface Explained {
  readonly key: string
  readonly followsHost: boolean | null
  readonly settable: boolean | null
}

/** Values by paths, as guest/lib.sh's all_values prints them. */
type Values = ReadonlyMap<string, string>

/** What a kernel does with the values of a host where everything was changed. */
export interface Measured {
  /** By key: whether a new netns has the host's value. Keys for which that is not clear are missing. */
  readonly follows: ReadonlyMap<string, boolean>
  /** Every key that a netns has and can be written there, `IFNAME` in the place of the pod's interface. */
  readonly writable: ReadonlySet<string>
  readonly explained: readonly Explained[]
}

/** The texts that guest/lib.sh's packed has printed. */
export function unpackLines({ lines }: Printed): readonly string[] {
  return lines.map((line) => gunzipSync(Buffer.from(line, 'base64')).toString())
}

export function parseExplained(text: string): readonly Explained[] {
  return (JSON.parse(text) as { sysctls: readonly Explained[] }).sysctls
}

/** Reads what the case FOLLOWS has printed. */
export function measure(printed: Printed): Measured {
  const [writable = '', before = '', host = '', fresh = '', host2 = '', newer = '', explained = ''] =
    unpackLines(printed)
  const first = compare(parseValues(before), parseValues(host), parseValues(fresh))
  // Here the host's `default` was changed, which new interfaces have.
  const second = compare(parseValues(fresh), parseValues(host2), parseValues(newer))
  return {
    follows: new Map([
      ...[...first].filter(([key]) => !/\.(default|IFNAME)\./.test(key)),
      ...[...second].filter(([key]) => /\.(default|IFNAME)\./.test(key)),
    ]),
    writable: new Set(writable.trim().split('\n').map(keyOf)),
    explained: parseExplained(explained),
  }
}

/** Whether `now` has the host's new value and `before` had another one; unclear ones are left out. */
function compare(before: Values, host: Values, now: Values): Map<string, boolean> {
  const follows = new Map<string, boolean>()
  for (const [path, value] of now) {
    const was = before.get(path)
    const ofHost = host.get(path) ?? host.get(path.replace('/eth0/', '/default/'))
    if (ofHost === undefined || was === undefined || ofHost === was) continue
    // A new `lo` starts with what `default` has, which may be what the host's `lo` has too.
    if (ofHost === host.get(path.replace('/lo/', '/default/')) && path.includes('/lo/')) continue
    if (value === ofHost || value === was) follows.set(keyOf(path), value === ofHost)
  }
  return follows
}

function parseValues(text: string): Values {
  return new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line): [string, string] => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon), line.slice(colon + 1)]
      }),
  )
}

function keyOf(path: string): string {
  const segments = path.slice('/proc/sys/'.length).split('/')
  return segments.map((segment) => (segment === 'eth0' ? 'IFNAME' : segment.replaceAll('.', '/'))).join('.')
}
