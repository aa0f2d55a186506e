import fc from 'fast-check'
import { jsonText, mutated } from './arbitraries.ts'
import { formatConf, PREV_RESULT } from './requests.ts'

/** Names of sysctls: valid ones, invalid ones, and texts that look like names. */
export const sysctlName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'net.core.somaxconn',
    'net/core/somaxconn',
    '-net.core.somaxconn',
    'net.ipv4.ip_forward',
    'net.ipv4.conf.IFNAME.rp_filter',
    'net.ipv4.conf.eth0.rp_filter',
    'net.ipv4.route.flush',
    'net.core.rmem_max',
    'net.core.nosuch',
    'kernel.shmmax',
    '__proto__',
  ),
  fc
    .array(fc.constantFrom('net', '.', '/', '..', 'core', 'conf', 'IFNAME', 'eth0', '-', '\0', 'é', '\ud800', ' '), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
)

const value = fc.oneof(
  fc.constantFrom<unknown>('1', ' 0x10 ', '1024 65535', '', 'a\nb', '\0', null, {}, [], 1.5, 2 ** 60, true, false),
  fc.integer(),
  fc.string({ unit: 'binary', maxLength: 6 }),
)

const sysctls = fc.dictionary(sysctlName, value, { maxKeys: 4 })

const pattern = fc.oneof(
  fc.constantFrom(
    'net.core.somaxconn',
    'net.ipv4.*',
    'net.ipv4.conf.IFNAME.*',
    'net.*.*',
    'net.core.nosuch',
    '*',
    'net..*',
  ),
  sysctlName,
  fc.string({ unit: fc.constantFrom(...'net.*?/[\0'), maxLength: 8 }),
)

const mac = fc.constantFrom<unknown>('0a:58:0a:f4:01:02', '0A-58-0A-F4-01-02', '', 'x', '01:00:5e:00:00:01', 7, null)

/** The attributes of the interface, right and wrong. */
const linkMembers = {
  mac,
  mtu: fc.constantFrom<unknown>(1400, 1500, 0, -1, 10, 1.5, 2 ** 31, '1400', null),
  promisc: fc.constantFrom<unknown>(true, false, 'on', 1),
  allmulti: fc.constantFrom<unknown>(true, false, {}),
  txQLen: fc.constantFrom<unknown>(0, 1000, -1, 2 ** 40, []),
}

/** Texts for a pod's annotation. */
const annotation = fc.oneof(
  fc
    .array(fc.tuple(sysctlName, fc.constantFrom('=1', ' = 16384', '', '=', ' 1', '=1\r', '=\0')), { maxLength: 4 })
    .map((lines) => lines.map((line) => line.join('')).join('\n')),
  fc.constantFrom('', '#', '=', 'net.core.somaxconn = 1\n', '#'.repeat(70_000)),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

const annotations = fc.oneof(
  fc.record({ 'netns-sysctl/sysctls': annotation }),
  fc.constantFrom<unknown>(null, {}, [], 'x', { 'netns-sysctl/sysctls': 7 }),
)

const runtimeConfig = fc.oneof(
  fc.record({ 'io.kubernetes.cri.pod-annotations': annotations, mac }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 2 }),
)

const pod = fc.oneof(
  fc.record(
    { allow: fc.array(pattern, { maxLength: 3 }), annotation: fc.constant('netns-sysctl/sysctls') },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 1 }),
)

const attachment = fc.record({
  containerID: fc.constantFrom<unknown>('c1', '', 7),
  ifname: fc.constantFrom('eth0', '../x'),
})

/** Configurations of which each member may be right, wrong or missing. */
const conf = fc
  .record(
    {
      cniVersion: fc.constantFrom<unknown>('0.1.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0', '1.1.0', '9.0.0', '', 7),
      name: fc.constantFrom<unknown>('net1', 'net1', 'net1', '../x', '', null, 1),
      type: fc.constant('netns-sysctl'),
      sysctl: fc.oneof({ weight: 5, arbitrary: sysctls }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }),
      Sysctl: sysctls,
      args: fc.oneof(
        fc.record({
          cni: fc.oneof(
            fc.record({ sysctl: sysctls, ...linkMembers }, { requiredKeys: [] }),
            fc.jsonValue({ maxDepth: 1 }),
          ),
        }),
        fc.jsonValue({ maxDepth: 1 }),
      ),
      prevResult: fc.oneof(
        { weight: 5, arbitrary: fc.constant<unknown>(PREV_RESULT) },
        { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      ),
      runtimeConfig,
      inherit: fc.oneof(fc.array(pattern, { maxLength: 3 }), fc.constantFrom<unknown>(null, 'net.*', [7])),
      pod,
      restoreOnDel: fc.constantFrom<unknown>(true, false, 'no'),
      dataDir: fc.constantFrom<unknown>('/run/x', '/proc/self/status', 'x', '/a/../b', 7, '/'),
      'cni.dev/valid-attachments': fc.oneof(
        fc.array(attachment, { maxLength: 2 }),
        fc.constantFrom<unknown>(null, {}, [7]),
      ),
      ...linkMembers,
    },
    { requiredKeys: ['cniVersion', 'name', 'prevResult'] },
  )
  .map((members) => JSON.stringify(members))

const goodSysctls = fc.dictionary(
  fc.constantFrom('net.core.somaxconn', '-net.core.nosuch', 'net.ipv4.ip_forward', 'net/ipv4/conf/IFNAME/rp_filter'),
  fc.oneof(fc.nat(), fc.boolean(), fc.constantFrom('0x10', '1 2')),
)

/** Configurations that are right. */
const goodConf = fc
  .record(
    {
      cniVersion: fc.constant('1.1.0'),
      sysctl: goodSysctls,
      args: fc.record({ cni: fc.record({ sysctl: goodSysctls }) }),
      inherit: fc.subarray(['net.core.somaxconn', 'net.ipv4.tcp_*', 'net.ipv4.conf.IFNAME.*']),
      pod: fc.record({ allow: fc.constantFrom(['net.core.somaxconn'], ['net.*.*', 'net.*.*.*.*']) }),
      runtimeConfig: fc.constant({
        'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': 'net.core.somaxconn=9' },
      }),
      restoreOnDel: fc.boolean(),
      dataDir: fc.constantFrom('/run/x', '/var/lib/cni/x', '/run/x', '/proc/self/status'),
      mac: fc.constantFrom('0a:58:0a:f4:01:02', '0A-58-0A-F4-01-02'),
      mtu: fc.integer({ min: 68, max: 65535 }),
      promisc: fc.boolean(),
      txQLen: fc.nat({ max: 10_000 }),
      'cni.dev/valid-attachments': fc.constantFrom(null, [], [{ containerID: 'c1', ifname: 'eth0' }]),
    },
    { requiredKeys: ['cniVersion'] },
  )
  .map(formatConf)

/** Texts for stdin: requests, requests with errors in their text, other JSON. */
export const request: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: goodConf },
  { weight: 4, arbitrary: conf },
  { weight: 2, arbitrary: mutated(fc.oneof(goodConf, conf)) },
  { weight: 1, arbitrary: jsonText },
)
