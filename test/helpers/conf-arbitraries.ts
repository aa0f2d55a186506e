import fc from 'fast-check'
import { jsonText, mutated } from './arbitraries.ts'
import { formatConf, PREV_RESULT } from './requests.ts'

/** Names of sysctls: good ones, bad ones, and what only looks like one. */
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
        fc.record({ cni: fc.oneof(fc.record({ sysctl: sysctls }), fc.jsonValue({ maxDepth: 1 })) }),
        fc.jsonValue({ maxDepth: 1 }),
      ),
      prevResult: fc.oneof(
        { weight: 5, arbitrary: fc.constant<unknown>(PREV_RESULT) },
        { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      ),
      runtimeConfig: fc.jsonValue({ maxDepth: 2 }),
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
    },
    { requiredKeys: ['cniVersion'] },
  )
  .map(formatConf)

/** What may come on stdin: requests, requests with errors in their text, other JSON. */
export const request: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: goodConf },
  { weight: 4, arbitrary: conf },
  { weight: 2, arbitrary: mutated(fc.oneof(goodConf, conf)) },
  { weight: 1, arbitrary: jsonText },
)
