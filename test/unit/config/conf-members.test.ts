import { describe, expect, test } from 'vitest'
import { parseCniArgs } from '../../../plugin/cni/args.ts'
import { parsePluginConf } from '../../../plugin/config/conf.ts'
import { parseRecordConf } from '../../../plugin/config/record-conf.ts'
import { readStdin } from '../../../plugin/config/stdin.ts'
import { parseValidAttachments } from '../../../plugin/config/valid-attachments.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { formatConf } from '../../helpers/requests.ts'

const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'
const VALID = 'cni.dev/valid-attachments'

function read(changes: Readonly<Record<string, unknown>>) {
  return readStdin({ readStdin: () => formatConf(changes) })
}

function parse(changes: Readonly<Record<string, unknown>>, envArgs = '') {
  return parsePluginConf(read(changes), parseCniArgs(envArgs))
}

describe('a configuration', () => {
  test.each([{}, { inherit: null, pod: null, restoreOnDel: null, dataDir: null, mac: null, mtu: null }])(
    'has the defaults where it is %j',
    (changes) => {
      const { inherit, link, pod, restoreOnDel, dataDir } = parse(changes)
      expect({ inherit, link, pod, restoreOnDel, dataDir }).toEqual({
        inherit: [],
        link: {},
        pod: undefined,
        restoreOnDel: true,
        dataDir: '/run/cni/netns-sysctl',
      })
    },
  )

  test('has all that it was given, without regard to the case of the names', () => {
    const changes = {
      Inherit: ['net.core.somaxconn', 'net.ipv4.tcp_*'],
      RESTOREONDEL: false,
      datadir: '/var/lib/x',
      MTU: 1400,
      txqlen: 5,
      Pod: { Allow: ['net.a.b'], ANNOTATION: 'a/b' },
      RuntimeConfig: { 'IO.kubernetes.cri.pod-annotations': { 'a/b': 'net.a.b=1' } },
    }
    expect(parse(changes)).toMatchObject({
      inherit: [
        { pattern: 'net.core.somaxconn', origin: 'network' },
        { pattern: 'net.ipv4.tcp_*', origin: 'network' },
      ],
      restoreOnDel: false,
      dataDir: '/var/lib/x',
      link: { mtu: '1400', txQLen: '5' },
      pod: { allow: [{ text: 'net.a.b' }], annotation: 'a/b' },
      settings: [{ name: 'net.a.b', value: '1', origin: 'annotation' }],
    })
  })

  test('has the settings of the network, of args.cni and of the annotation, in this order', () => {
    const runtimeConfig = { [POD_ANNOTATIONS]: { 'netns-sysctl/sysctls': 'net.a.c=3' } }
    const args = { cni: { sysctl: { 'net.a.b': 2 } } }
    const { settings } = parse({ runtimeConfig, args, pod: {}, sysctl: { 'net.a.a': 1 } })
    expect(settings.map(({ name, origin }) => [name, origin])).toEqual([
      ['net.a.a', 'network'],
      ['net.a.b', 'args'],
      ['net.a.c', 'annotation'],
    ])
  })

  test('does not read annotations without pod', () => {
    const runtimeConfig = { [POD_ANNOTATIONS]: { 'netns-sysctl/sysctls': 'not even a line' } }
    expect(parse({ runtimeConfig }).settings).toEqual([])
  })
})

describe('the mac is that of', () => {
  const mac = (last: number) => `02:00:00:00:00:0${last}`
  test.each([
    ['the configuration', { mac: mac(1) }, '', 1],
    ['CNI_ARGS', { mac: mac(1) }, `IgnoreUnknown=1;MAC=${mac(2)}`, 2],
    ['runtimeConfig', { mac: mac(1), runtimeConfig: { mac: mac(3) } }, `MAC=${mac(2)}`, 3],
    ['args.cni', { runtimeConfig: { mac: mac(3) }, args: { cni: { mac: mac(4) } } }, `MAC=${mac(2)}`, 4],
    ['the configuration, where the rest is empty', { mac: mac(1), runtimeConfig: { mac: '' } }, 'MAC=', 1],
  ])('%s', (_, changes, envArgs, last) => {
    expect(parse(changes, envArgs).link).toEqual({ mac: mac(last) })
  })
})

test('args.cni takes back the mac and the mtu of the configuration', () => {
  const cni = { mac: '', mtu: 0 }
  expect(parse({ mac: '02:00:00:00:00:01', mtu: 1400, promisc: true, args: { cni } }).link).toEqual({ promisc: '1' })
})

describe('a problem of a whole configuration', () => {
  const profile = 'x'
  const wish = { [POD_ANNOTATIONS]: { 'netns-sysctl/profile': profile } }
  test.each([
    [{}, 'MAC=x', 'CNI_ARGS.mac "x" is not a MAC address, like 0a:58:0a:f4:01:02', ['CNI_ARGS', 'mac']],
    [
      { first: true, args: { cni: { mtu: 1400 } } },
      '',
      'args.cni.mtu: with "first" there is no interface yet',
      ['args', 'cni', 'mtu'],
    ],
    [
      { namespaces: { a: { profile } } },
      'K8S_POD_NAMESPACE=a',
      'namespaces["a"].profile "x" is not a profile; there are none',
      ['namespaces', 'a', 'profile'],
    ],
    [
      { pod: {}, runtimeConfig: wish },
      'K8S_POD_NAME=p',
      'annotation netns-sysctl/profile: pod p may not choose the profile "x"; it may choose none',
      ['runtimeConfig', POD_ANNOTATIONS, 'netns-sysctl/profile'],
    ],
  ])('%j has its place', (changes, envArgs, msg, at) => {
    expect(errorOf(() => parse(changes, envArgs))).toMatchObject({ problems: [{ msg, at }] })
  })

  test('tells how it is solved', () => {
    expect(problemsOf(() => parse({ first: true, mtu: 1400 }))).toMatchObject([
      { code: 7, details: 'put it into an entry of netns-sysctl behind the network plugin' },
    ])
    expect(problemsOf(() => parse({ pod: {}, runtimeConfig: wish }))).toMatchObject([
      { code: 100, details: "the network's configuration allows it in pod.profiles" },
    ])
    expect(problemsOf(() => parse({ pod: { profiles: ['x'] }, runtimeConfig: wish }))).toMatchObject([
      { code: 7, details: 'the member "profiles" of the network\'s configuration has them' },
    ])
    expect(problemsOf(() => parse({ namespaces: { a: {} } }, 'K8S_POD_NAMESPACE=A'))).toMatchObject([
      { code: 4, details: 'the runtime sets it; by it the network chooses what the pod gets' },
    ])
  })
})

describe('what is not of the schema is refused', () => {
  test.each([
    [{ inherit: 'net.core.somaxconn' }, 'inherit must be an array of strings, not "net.core.somaxconn"'],
    [{ inherit: ['net.a.b', 1] }, 'inherit[1] must be a string, not 1'],
    [{ pod: [] }, 'pod must be an object, not an array'],
    [{ pod: { allow: 'net.*' } }, 'pod.allow must be an array of strings, not "net.*"'],
    [{ pod: { allow: [null] } }, 'pod.allow[0] must be a string, not null'],
    [{ pod: { annotation: '' } }, 'pod.annotation must not be empty'],
    [{ pod: { annotation: 7 } }, 'pod.annotation must be a string, not 7'],
    [{ restoreOnDel: 'yes' }, 'restoreOnDel must be true or false, not "yes"'],
    [{ dataDir: 'run/x' }, 'dataDir must be an absolute path of a folder, not "run/x"'],
    [{ dataDir: '' }, 'dataDir must be an absolute path of a folder, not ""'],
    [{ dataDir: '/run/../etc' }, 'dataDir must be an absolute path of a folder, not "/run/../etc"'],
    [{ dataDir: '/run/..' }, 'dataDir must be an absolute path of a folder, not "/run/.."'],
    [{ dataDir: '/../etc' }, 'dataDir must be an absolute path of a folder, not "/../etc"'],
    [{ dataDir: '/..' }, 'dataDir must be an absolute path of a folder, not "/.."'],
    [{ dataDir: 7 }, 'dataDir must be an absolute path of a folder, not 7'],
    [{ dataDir: '/run/x/' }, 'dataDir must be an absolute path of a folder, not "/run/x/"'],
    [{ mtu: '1400' }, 'mtu must be an integer, not "1400"'],
    [{ mtu: 1.5 }, 'mtu must be an integer, not 1.5'],
    [{ promisc: 1 }, 'promisc must be true or false, not 1'],
    [{ args: { cni: { allmulti: 'on' } } }, 'args.cni.allmulti must be true or false, not "on"'],
    [{ runtimeConfig: { mac: 1 } }, 'runtimeConfig.mac must be a string, not 1'],
    [
      { runtimeConfig: { [POD_ANNOTATIONS]: [] } },
      `runtimeConfig["${POD_ANNOTATIONS}"] must be an object, not an array`,
    ],
  ])('%j', (changes, msg) => {
    expect(problemsOf(() => parse(changes))).toEqual([{ code: 6, msg }])
  })

  test('a number too large for JavaScript is called so', () => {
    const stdin = readStdin({ readStdin: () => '{"name":"n","mtu":1e999}' })
    expect(problemsOf(() => parsePluginConf(stdin))).toEqual([{ code: 6, msg: 'mtu must be an integer, not Infinity' }])
  })

  test('args.cni under two names is refused', () => {
    expect(problemsOf(() => parse({ args: { CNI: {}, Cni: {} } }))).toMatchObject([
      { code: 7, msg: 'args.cni is duplicated, given as CNI and Cni' },
    ])
  })

  test.each([
    ['net.*.[ab]', 'may have only "*" and "?" as wildcards'],
    ['*', 'must start with "net."'],
    ['kernel.*', 'must start with "net."'],
    ['net..*', 'has an empty segment'],
  ])('inherit %j', (pattern, reason) => {
    expect(problemsOf(() => parse({ inherit: ['net.core.somaxconn', pattern] }))).toEqual([
      {
        code: 2,
        msg: `inherit[1] ${JSON.stringify(pattern)} ${reason}`,
        details: 'patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
      },
    ])
  })
})

describe('what DEL and GC need', () => {
  test.each([
    [{}, true, '/run/cni/netns-sysctl'],
    [{ restoreOnDel: false, dataDir: '/x/y' }, false, '/x/y'],
    [{ restoreOnDel: 'no', dataDir: 'x' }, true, '/run/cni/netns-sysctl'],
    [{ dataDir: '/x/y', sysctl: 7, inherit: 7, pod: 7, mac: 7 }, true, '/x/y'],
  ])('of %j', (changes, restoreOnDel, dataDir) => {
    expect(parseRecordConf(read(changes))).toEqual({ restoreOnDel, first: false, dataDir })
  })

  test.each([[null], [[]], [[{ containerID: 'c1', ifname: 'eth0', other: 1 }]]])(
    'the valid attachments of %j',
    (list) => {
      expect(parseValidAttachments(read({ [VALID]: list }))).toEqual(list ?? [])
    },
  )

  test('are not known without a list', () => {
    expect(parseValidAttachments(read({}))).toBe(undefined)
  })

  test.each([
    ['c1', `["${VALID}"] must be an array, not "c1"`],
    [['c1'], `["${VALID}"][0] must be an object, not "c1"`],
    [[{ containerID: 'c1' }], `["${VALID}"][0].ifname must be a string, not undefined`],
    [[{ containerID: '', ifname: 'eth0' }], `["${VALID}"][0].containerID must not be empty`],
  ])('and %j is none', (list, msg) => {
    expect(problemsOf(() => parseValidAttachments(read({ [VALID]: list })))).toEqual([{ code: 6, msg }])
  })
})
