import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const PATTERNS = 'patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*'

/** The member `inherit`, as far as it does not depend on the host. */
export const INHERIT_CASES: readonly ProtocolCase[] = [
  ...[null, []].map(
    (inherit): ProtocolCase => ({
      name: `inherit ${JSON.stringify(inherit)} copies nothing`,
      command: 'ADD',
      conf: { inherit },
      exitCode: 0,
      stdout: PREV_RESULT,
    }),
  ),
  refused('inherit that is no array is refused', { inherit: 'net.core.somaxconn' }, [
    6,
    'inherit must be an array of strings, not "net.core.somaxconn"',
  ]),
  refused('inherit is read without regard to case', { Inherit: {} }, [
    6,
    'inherit must be an array of strings, not an object',
  ]),
  refused('what is not a string in inherit is named by its place', { inherit: ['net.core.somaxconn', 1, null] }, [
    6,
    'inherit[1] must be a string, not 1; inherit[2] must be a string, not null',
  ]),
  refused(
    'globs that are none are all named',
    { inherit: ['*', 'net..*', 'net.core.[s]*', 'net/core/*', 'net.{a,b}*'] },
    [
      2,
      'inherit[0] "*" must start with "net."; inherit[1] "net..*" has an empty segment; ' +
        'inherit[2] "net.core.[s]*" may have only "*" and "?" as wildcards; ' +
        'inherit[3] "net/core/*" must start with "net."; ' +
        'inherit[4] "net.{a,b}*" may have only "*" and "?" as wildcards',
      PATTERNS,
    ],
  ),
  refused('keys that are none are all named', { inherit: ['kernel.hostname', 'net/../x', 'net'] }, [
    101,
    "kernel.hostname: belongs to the UTS namespace; set the pod's hostname instead; " +
      '"net/../x" is not the name of a sysctl: it has a segment "." or ".."; ' +
      'net: is a directory of sysctls, not a sysctl',
    'a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot',
  ]),
  ...['all', 'default'].map((name) => ({
    ...refused(
      `CNI_IFNAME ${name} is refused where inherit has IFNAME`,
      { inherit: ['net.ipv4.conf.IFNAME.rp_filter'] },
      [
        4,
        `net.ipv4.conf.IFNAME.rp_filter: CNI_IFNAME "${name}" would set it for all interfaces`,
        'name the interface otherwise, or write net.ipv4.conf.all or net.ipv4.conf.default in the configuration',
      ],
    ),
    env: { CNI_IFNAME: name },
  })),
]

function refused(name: string, conf: object, [code, msg, details]: [number, string, string?]): ProtocolCase {
  return { name, command: 'ADD', conf: { ...conf }, exitCode: 1, stdout: errorDocument(code, msg, details) }
}
