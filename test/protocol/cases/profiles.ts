import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { Sysctls } from '../../helpers/sysctls.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'

const profiles = {
  web: { sysctl: { 'net.core.somaxconn': 16384 }, inherit: ['net.ipv4.tcp_fin_timeout'] },
  bulk: { sysctl: { 'net.ipv4.tcp_keepalive_time': 60 } },
}
const namespaces = {
  'ingress-*': { profile: 'web' },
  'team-a': { profile: 'bulk', pod: { allow: ['net.ipv4.tcp_*'] } },
}
const conf = { profiles, namespaces, pod: { allow: ['net.core.somaxconn'], profiles: ['web'] } }

const of = (namespace: string) => ({ CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=p` })
const saying = (name: string, text: string) => ({
  runtimeConfig: { [POD_ANNOTATIONS]: { [`netns-sysctl/${name}`]: text } },
})

const WEB = { 'net/core/somaxconn': '16384' }
const BULK = { 'net/ipv4/tcp_keepalive_time': '60' }

/** Profiles, namespaces, and the forms of values. */
export const PROFILE_CASES: readonly ProtocolCase[] = [
  added('a pod gets the profile of its namespace', of('ingress-7'), {}, WEB),
  added('a pod of another namespace gets none', of('ingress'), {}, {}),
  added('a pod without a namespace gets none', {}, {}, {}),
  added('a pod gets the profile that it chooses', of('default'), saying('profile', 'web'), WEB),
  added('a pod gets both, its own above that of its namespace', of('team-a'), saying('profile', 'web'), {
    ...BULK,
    ...WEB,
  }),
  added('its annotation wins', of('team-a'), saying('sysctls', 'net.ipv4.tcp_keepalive_time = 9'), {
    'net/ipv4/tcp_keepalive_time': '9',
  }),
  refused('a profile that it may not choose', of('default'), saying('profile', 'bulk'), [
    100,
    'annotation netns-sysctl/profile: pod default/p may not choose the profile "bulk"; it may choose "web"',
    "the network's configuration allows it in pod.profiles",
  ]),
  refused('what another namespace may set', of('default'), saying('sysctls', 'net.ipv4.tcp_keepalive_time = 9'), [
    100,
    "net.ipv4.tcp_keepalive_time: pod default/p may not set it; this network's pods may set net.core.somaxconn",
    "the network's configuration allows it in pod.allow",
  ]),
  refused('a namespace given twice', { CNI_ARGS: 'K8S_POD_NAMESPACE=a;K8S_POD_NAMESPACE=ingress-1' }, {}, [
    4,
    'K8S_POD_NAMESPACE "a;ingress-1" in CNI_ARGS is not the name of a namespace',
    'the runtime sets it; by it the network chooses what the pod gets',
  ]),
  {
    name: 'namespaces count in the order of the text',
    command: 'ADD',
    env: of('123'),
    stdin: `{"cniVersion":"1.1.0","name":"net1","dataDir":"/run/netns-sysctl-test-none","restoreOnDel":false,"prevResult":{},"profiles":${JSON.stringify(profiles)},
      "namespaces":{"1*":{"profile":"bulk"},"123":{"profile":"web"}}}`,
    exitCode: 0,
    stdout: { cniVersion: '1.1.0' },
    after: BULK,
  },
  ...[
    ['net.core.somaxconn', '16384 # big', 'one integer', 'it holds "4096"; a comment cannot follow a value'],
    ['net.core.somaxconn', '', 'one integer', 'it holds "4096"'],
    ['net.ipv4.ip_local_port_range', '1024-65535', '2 integers separated by blanks', 'it holds "32768 60999"'],
  ].map(([name = '', value = '', form = '', details = '']) =>
    refused(
      `${name} = ${JSON.stringify(value)} for its form`,
      {},
      { sysctl: { 'net.ipv4.ip_forward': 1, [name]: value } },
      [2, `${name}: ${JSON.stringify(value)} must be ${form}`, `nothing was written; ${details}`],
    ),
  ),
  {
    name: 'first needs no prevResult, and gives an empty result',
    command: 'ADD',
    conf: { first: true, prevResult: undefined, sysctl: { 'net.ipv4.conf.default.rp_filter': 2 } },
    exitCode: 0,
    stdout: { cniVersion: '1.1.0', interfaces: [], ips: [], routes: [], dns: {} },
    after: { 'net/ipv4/conf/default/rp_filter': '2' },
  },
  refused(
    'a sysctl of the interface if there is none yet',
    {},
    { first: true, sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 2 } },
    [
      7,
      'net.ipv4.conf.IFNAME.rp_filter: with "first" there is no interface yet',
      'write net.ipv4.conf.default.rp_filter, which the interface starts with, or put it behind the network plugin',
    ],
  ),
]

function added(name: string, env: Readonly<Record<string, string>>, changes: object, after: Sysctls): ProtocolCase {
  return { name, command: 'ADD', env, conf: { ...conf, ...changes }, exitCode: 0, stdout: PREV_RESULT, after }
}

function refused(
  name: string,
  env: Readonly<Record<string, string>>,
  changes: object,
  [code, msg, details]: [number, string, string?],
): ProtocolCase {
  const stdout = errorDocument(code, msg, details)
  return { name: `${name} is refused`, command: 'ADD', env, conf: { ...conf, ...changes }, exitCode: 1, stdout }
}
