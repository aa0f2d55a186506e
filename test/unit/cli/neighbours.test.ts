import { describe, expect, test } from 'vitest'
import { typed } from '../../helpers/cli.ts'
import type { FakeFiles } from '../../helpers/fake-os.ts'
import { lintEntry } from '../../helpers/lint.ts'

/** The tables of neighbours as in Linux: `default` only on the host, with the sysctls that have one value for all. */
function tables(...interfaces: string[]): FakeFiles {
  const names = ['gc_stale_time', 'locktime', ...(interfaces.includes('default') ? ['gc_thresh1'] : [])]
  const paths = ['ipv4', 'ipv6'].flatMap((family) =>
    interfaces.flatMap((each) => names.map((name) => `/proc/sys/net/${family}/neigh/${each}/${name}`)),
  )
  return Object.fromEntries(paths.filter((path) => !/(lo|eth0)\/gc_thresh/.test(path)).map((path) => [path, '60\n']))
}

const FRESH = { ...tables('lo', 'eth0'), '/proc/sys/net/ipv6/conf/eth0/accept_ra': '1\n' }
const NODE = { host: tables('default', 'lo', 'eth0'), fresh: FRESH }

describe.each(['ipv4', 'ipv6'])('the table of neighbours of an interface, %s', (family) => {
  const tree = `net.${family}.neigh`

  test('is there in every netns, and starts with the value of the host', () => {
    const { stdout } = typed(['explain', `${tree}.IFNAME.*`, `${tree}.eth0.locktime`, '--json'], NODE)
    expect(JSON.parse(stdout).sysctls).toMatchObject([
      { key: `${tree}.IFNAME.gc_stale_time`, settable: true, followsHost: true, host: '60', newNetns: '60' },
      { key: `${tree}.IFNAME.gc_thresh1`, settable: false, remark: 'of the whole node: set it there' },
      { key: `${tree}.IFNAME.locktime`, settable: true, followsHost: true },
      { key: `${tree}.eth0.locktime`, settable: true, followsHost: true },
    ])
  })

  test('is as the host has it at the moment', () => {
    const path = `/proc/sys/net/${family}/neigh/lo/locktime`
    const machine = { host: NODE.host, fresh: { ...NODE.fresh, [path]: '9\n' } }
    const { stdout } = typed(['explain', `${tree}.IFNAME.locktime`, '--json'], machine)
    expect(JSON.parse(stdout).sysctls).toMatchObject([{ followsHost: false, host: '60', newNetns: '9' }])
  })

  test('can be set, which lint knows, but for what is of the host', () => {
    expect(lintEntry({ sysctl: { [`${tree}.eth0.locktime`]: 1 } }, NODE).join()).not.toContain(
      'exists only on the host',
    )
    expect(lintEntry({ sysctl: { [`${tree}.IFNAME.gc_thresh1`]: 1 } }, NODE).join()).toContain(
      `exists only on the host on Linux 6.18.44, for the whole node, as ${tree}.default.gc_thresh1`,
    )
    expect(lintEntry({ sysctl: { [`${tree}.default.locktime`]: 1 } }, NODE).join()).toContain('exists only on the host')
  })

  test('is matched by a glob of pod.allow', () => {
    const allow = (pattern: string) => {
      const entry = { pod: { allow: [pattern] }, capabilities: { 'io.kubernetes.cri.pod-annotations': true } }
      return lintEntry(entry, NODE).join()
    }
    expect(allow(`${tree}.IFNAME.*`)).not.toContain('matches nothing')
    expect(allow(`${tree}.default.*`)).toContain('matches nothing')
  })
})
