import type { FakeFiles } from './fake-os.ts'
import { ask, CONTAINER } from './requests.ts'

const SYS = '/proc/sys/net'

/** ADD with `inherit`, and what it has written in the container. */
export function inherit(patterns: readonly string[], host: FakeFiles, container: FakeFiles = host, conf = {}) {
  const { exitCode, answer, os } = ask('ADD', { conf: { inherit: patterns, ...conf }, host, container })
  const prefix = `${CONTAINER} ${SYS}/`
  const writes = os.writes.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length))
  return { exitCode, answer, writes, stderr: os.stderr(), os }
}

/** Values by the ends of their paths. */
export function files(values: Readonly<Record<string, string>>): FakeFiles {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [`${SYS}/${path}`, `${value}\n`]))
}
