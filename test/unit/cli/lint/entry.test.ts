import { describe, expect, test } from 'vitest'
import { lintEntry } from '../../../helpers/lint.ts'

const CAPABILITIES = { 'io.kubernetes.cri.pod-annotations': true }

describe('unknown members', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['with one that is near', { sysctls: {} }, ['8:7: warning: sysctls is unknown and ignored; did you mean sysctl?']],
    [
      'in another case, near',
      { RestoreOnDell: true },
      ['8:7: warning: RestoreOnDell is unknown and ignored; did you mean restoreOnDel?'],
    ],
    ['with none that is near', { comment: 'x' }, ['8:7: warning: comment is unknown and ignored']],
    [
      'of pod',
      { capabilities: CAPABILITIES, pod: { allow: [], allows: [] } },
      ['13:9: warning: pod.allows is unknown and ignored; did you mean allow?'],
    ],
    [
      'of args.cni',
      { args: { cni: { sysctll: {} } } },
      ['10:11: warning: args.cni.sysctll is unknown and ignored; did you mean sysctl?'],
    ],
  ])('%s', (_, entry, findings) => {
    expect(lintEntry(entry)).toEqual(findings)
  })

  test('are not those of the runtime, of libcni or of tuning', () => {
    const known = {
      cniVersion: '1.0.0',
      name: 'x',
      ipam: {},
      dns: {},
      disableCheck: true,
      disableGC: true,
      capabilities: { mac: true },
    }
    expect(lintEntry({ ...known, runtimeConfig: {}, args: { cni: {}, other: {} } })).toEqual([])
  })

  test('are not known ones in another case, as in Go', () => {
    expect(lintEntry({ Sysctl: {}, MTU: 1400, DataDir: '/run/x' })).toEqual([])
  })
})

describe('what ADD would refuse', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['a wrong type', { mtu: '1400' }, ['8:7: error: mtu must be an integer, not "1400"']],
    [
      'a wrong type of a value',
      { sysctl: { 'net.core.somaxconn': [1] } },
      ['9:9: error: sysctl["net.core.somaxconn"] must be a string, an integer or a boolean, not an array'],
    ],
    [
      'a wrong type within a list',
      { inherit: ['net.core.somaxconn', 7] },
      ['10:9: error: inherit[1] must be a string, not 7'],
    ],
    ['a value that cannot be', { txQLen: -1 }, ['8:7: error: txQLen -1 must be from 0 to 2147483647']],
    ['a MAC address that is none', { mac: 'x' }, [expect.stringMatching(/^8:7: error: mac "x" /)]],
    [
      'a line break',
      { sysctl: { 'net.core.somaxconn': '1\n2' } },
      ['9:9: error: net.core.somaxconn: the value "1\\n2" has a line break or a NUL; a value is one line'],
    ],
    [
      'two spellings',
      { sysctl: { 'net.core.somaxconn': 1, 'net/core/somaxconn': 2 } },
      [
        '10:9: error: net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn; leave one of them',
      ],
    ],
    [
      'no name',
      { sysctl: { 'net..x': 1 } },
      [
        '9:9: error: "net..x" is not the name of a sysctl: it has an empty segment; a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot',
      ],
    ],
    [
      'a bad glob',
      { inherit: ['vm.*'] },
      [
        '9:9: error: inherit[0] "vm.*" must start with "net."; patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
      ],
    ],
    [
      'a bad glob of a pod',
      { capabilities: CAPABILITIES, pod: { allow: ['net.[ab]'] } },
      [
        '13:11: error: pod.allow[0] "net.[ab]" may have only "*" and "?" as wildcards; patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
      ],
    ],
    [
      'a member of args.cni',
      { args: { cni: { sysctl: { 'kernel.sem': 1 } } } },
      [expect.stringMatching(/^11:13: error: kernel\.sem: belongs to the IPC namespace/)],
    ],
    [
      'a dataDir that is not a path',
      { dataDir: 'run' },
      ['8:7: error: dataDir must be an absolute path of a folder, not "run"'],
    ],
  ])('%s', (_, entry, findings) => {
    expect(lintEntry(entry)).toEqual(findings)
  })

  test('has its place in the spelling of the file', () => {
    expect(lintEntry({ MTU: '1400', Sysctl: { 'net.core.nosuch': 1 } })).toEqual([
      '8:7: error: mtu must be an integer, not "1400"',
      '10:9: error: net.core.nosuch: does not exist on Linux 6.18.44',
    ])
  })
})

test('of two spellings the exact one counts, as at run time', () => {
  const entry = { SYSCTL: { 'net.core.a': 1 }, sysctl: { 'net.core.b': 1 } }
  expect(lintEntry(entry)).toEqual(['12:9: error: net.core.b: does not exist on Linux 6.18.44'])
})

describe('pods', () => {
  test('that ask for nothing, because their annotations never arrive', () => {
    expect(lintEntry({ pod: { allow: ['net.core.somaxconn'] } })).toEqual([
      '8:7: warning: pod: annotations never arrive without "capabilities": {"io.kubernetes.cri.pod-annotations": true}',
    ])
    expect(
      lintEntry({ capabilities: { ...CAPABILITIES, 'io.kubernetes.cri.pod-annotations': false }, pod: {} }),
    ).toHaveLength(1)
  })

  test('whose annotations arrive and are not read', () => {
    expect(lintEntry({ capabilities: CAPABILITIES })).toEqual([
      '8:7: warning: the annotations of pods are asked for, and without "pod" not read',
    ])
  })

  test('with both are fine', () => {
    expect(lintEntry({ capabilities: CAPABILITIES, pod: { allow: ['net.core.somaxconn'] } })).toEqual([])
    expect(lintEntry({ capabilities: CAPABILITIES, Pod: { allow: ['net.core.somaxconn'] } })).toEqual([])
  })
})
