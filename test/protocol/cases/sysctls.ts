import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { Sysctls } from '../../helpers/sysctls.ts'
import type { ProtocolCase } from '../protocol-case.ts'

type Configured = Readonly<Record<string, unknown>>

const NAME_RULE = 'a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot'
const KEEPALIVE = { 'net/ipv4/tcp_keepalive_time': '600' }
const RP_FILTER = { 'net/ipv4/conf/eth0/rp_filter': '2' }
const VLAN = { 'net/ipv4/conf/eth0.100/rp_filter': '2' }

/** Names and values that are accepted. */
export const SYSCTL_CASES: readonly ProtocolCase[] = [
  added('a string is written', { 'net.ipv4.tcp_keepalive_time': '600' }, KEEPALIVE),
  added('an integer is written', { 'net.ipv4.tcp_keepalive_time': 600 }, KEEPALIVE),
  added('blanks around a value are not written', { 'net.ipv4.tcp_keepalive_time': ' 600\n' }, KEEPALIVE),
  added('true is written as 1', { 'net.ipv4.conf.eth0.rp_filter': true }, { 'net/ipv4/conf/eth0/rp_filter': '1' }),
  {
    ...added('false is written as 0', { 'net.ipv4.conf.eth0.rp_filter': false }, {}),
    before: { 'net/ipv4/conf/eth0/rp_filter': '1' },
    after: { 'net/ipv4/conf/eth0/rp_filter': '0' },
  },
  added(
    'two numbers are written',
    { 'net.ipv4.ip_local_port_range': '1024 65535' },
    {
      'net/ipv4/ip_local_port_range': '1024 65535',
    },
  ),
  added('slashes separate', { 'net/ipv4/tcp_keepalive_time': '600' }, KEEPALIVE),
  added('a dot between slashes is part of a name', { 'net/ipv4/conf/eth0.100/rp_filter': 2 }, VLAN),
  added('a slash between dots is a dot in a name', { 'net.ipv4.conf.eth0/100.rp_filter': 2 }, VLAN),
  added('IFNAME is the interface', { 'net.ipv4.conf.IFNAME.rp_filter': 2 }, RP_FILTER),
  added('IFNAME between slashes is the interface', { 'net/ipv4/conf/IFNAME/rp_filter': 2 }, RP_FILTER),
  {
    ...added('IFNAME may have a dot', { 'net.ipv4.conf.IFNAME.rp_filter': 2 }, VLAN),
    env: { CNI_IFNAME: 'eth0.100' },
  },
  added(
    'several are written',
    { 'net.ipv4.conf.eth0.rp_filter': 2, 'net.ipv4.tcp_keepalive_time': 600 },
    {
      ...RP_FILTER,
      ...KEEPALIVE,
    },
  ),
  added(
    'what may fail is left out when it does',
    { '-net.ipv4.no_such_key': 1, 'net.ipv4.conf.eth0.rp_filter': 2 },
    RP_FILTER,
  ),
  added('what may fail is written when it can be', { '-net.ipv4.tcp_keepalive_time': 600 }, KEEPALIVE),
  added('what may fail may belong to an interface that is not there', { '-net.ipv4.conf.nope0.rp_filter': 1 }, {}),
  added('nothing is written for no sysctl', {}, {}),
  {
    name: 'CHECK succeeds for values that are as configured',
    command: 'CHECK',
    conf: { sysctl: { 'net.core.somaxconn': 4096, 'net.ipv4.ip_local_port_range': '32768 60999' } },
    exitCode: 0,
  },
  {
    name: 'CHECK names every difference but that of what may fail',
    command: 'CHECK',
    conf: {
      sysctl: { 'net.core.somaxconn': 1, '-net.ipv4.tcp_keepalive_time': 2, 'net.ipv4.ip_local_port_range': '3 4' },
    },
    exitCode: 1,
    stdout: errorDocument(
      102,
      'net.core.somaxconn: is "4096", not "1"; net.ipv4.ip_local_port_range: is "32768\\t60999", not "3 4"',
    ),
  },
]

/** Names and values that are refused, before anything is written. */
export const REFUSED_SYSCTL_CASES: readonly ProtocolCase[] = [
  ...(
    [
      ['', 'is empty'],
      ['-', 'is empty'],
      ['net..core', 'has an empty segment'],
      ['net.core.', 'has an empty segment'],
      ['/net/core/somaxconn', 'has an empty segment'],
      ['net/../kernel/panic', 'has a segment "." or ".."'],
      ['net/./core/somaxconn', 'has a segment "." or ".."'],
      ['net.core.\u0007', 'has a control character'],
      ['net.core.\u0000', 'has a control character'],
    ] as const
  ).map(([name, reason]) =>
    refused(`the name ${JSON.stringify(name)} is refused`, { [name]: 1 }, [
      7,
      `${JSON.stringify(name.replace(/^-/, ''))} is not the name of a sysctl: it ${reason}`,
      NAME_RULE,
    ]),
  ),
  refused('a name of no netns is refused', { 'core.somaxconn': 1 }, [
    7,
    'core.somaxconn: is not a sysctl of a network namespace',
    'the names of those start with "net."',
  ]),
  refused('two spellings of one name are refused', { 'net.core.somaxconn': 1, 'net/core/somaxconn': 1 }, [
    7,
    'net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn',
    'leave one of them',
  ]),
  refused(
    'IFNAME and its interface are one name',
    { 'net.ipv4.conf.IFNAME.rp_filter': 1, 'net.ipv4.conf.eth0.rp_filter': 1 },
    [
      7,
      'net.ipv4.conf.eth0.rp_filter is set twice, as net.ipv4.conf.IFNAME.rp_filter and as net.ipv4.conf.eth0.rp_filter',
      'leave one of them',
    ],
  ),
  refused('a name with and without "-" is one name', { 'net.core.somaxconn': 1, '-net.core.somaxconn': 1 }, [
    7,
    'net.core.somaxconn is set twice, as net.core.somaxconn and as -net.core.somaxconn',
    'leave one of them',
  ]),
  ...['all', 'default'].map((name) => ({
    ...refused(`CNI_IFNAME ${name} is refused where IFNAME is used`, { 'net.ipv4.conf.IFNAME.rp_filter': 1 }, [
      4,
      `net.ipv4.conf.IFNAME.rp_filter: CNI_IFNAME "${name}" would set it for all interfaces`,
      'name the interface otherwise, or write net.ipv4.conf.all or net.ipv4.conf.default in the configuration',
    ]),
    env: { CNI_IFNAME: name },
  })),
  ...['1\n2', '1\r2', '1\u00002'].map((value) =>
    refused(`the value ${JSON.stringify(value)} is refused`, { 'net.core.somaxconn': value }, [
      2,
      `net.core.somaxconn: the value ${JSON.stringify(value)} has a line break or a NUL`,
      'a value is one line',
    ]),
  ),
  refused(
    'everything that is wrong is named at once, in order',
    { 'kernel.msgmax': 1, 'net.core.somaxconn': '1\n2', 'net..core': 1, 'net.ipv4.tcp_keepalive_time': 600 },
    [
      101,
      "kernel.msgmax: belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's " +
        '--sysctl; net.core.somaxconn: the value "1\\n2" has a line break or a NUL; ' +
        '"net..core" is not the name of a sysctl: it has an empty segment',
      `a value is one line; ${NAME_RULE}`,
    ],
  ),
  refused(
    'nothing is written where one cannot be',
    { 'net.core.somaxconn': 1024, 'net.core.no_such_key': 1, 'net.core.other_such_key': 1 },
    [101, 'net.core.no_such_key, net.core.other_such_key: does not exist on Linux {release}', 'nothing was written'],
  ),
]

function added(name: string, sysctl: Configured, after: Sysctls): ProtocolCase {
  return { name, command: 'ADD', conf: { sysctl }, exitCode: 0, stdout: PREV_RESULT, after }
}

function refused(name: string, sysctl: Configured, [code, msg, details]: [number, string, string]): ProtocolCase {
  return { name, command: 'ADD', conf: { sysctl }, exitCode: 1, stdout: errorDocument(code, msg, details) }
}
