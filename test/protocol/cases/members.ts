import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const SOMAXCONN = { 'net.core.somaxconn': '1024' }
const WRITTEN = { 'net/core/somaxconn': '1024' }

/** Members as Go decodes them: without regard to case, and unknown ones ignored. */
export const MEMBER_CASES: readonly ProtocolCase[] = [
  ...['sysctl', 'Sysctl', 'SYSCTL', 'sysCtl'].map((member) =>
    added(`${member} is read as sysctl`, { [member]: SOMAXCONN }),
  ),
  added('an exact member wins over one of another case', {
    SYSCTL: { 'net.core.somaxconn': '2048' },
    sysctl: SOMAXCONN,
    Sysctl: { 'net.core.somaxconn': '3072' },
  }),
  added('every member is read without regard to case', {
    cniVersion: undefined,
    CNIVERSION: '1.1.0',
    name: undefined,
    Name: 'mynet',
    prevResult: undefined,
    PrevResult: PREV_RESULT,
    Sysctl: SOMAXCONN,
  }),
  added('members that are not known are ignored', {
    sysctl: SOMAXCONN,
    capabilities: { 'io.kubernetes.cri.pod-annotations': true },
    runtimeConfig: { 'io.kubernetes.cri.pod-annotations': null },
    ipam: {},
    dns: { nameservers: ['192.0.2.1'] },
    unknown: [1, { deep: null }],
  }),
  { name: 'a sysctl that is null is none', command: 'ADD', conf: { sysctl: null }, exitCode: 0, stdout: PREV_RESULT },
  {
    name: 'a prevResult is passed on with members that are not known',
    command: 'ADD',
    conf: { prevResult: { ips: [{ address: '192.0.2.2/24', new: 1e3 }], vendor: { a: [null] }, cniVersion: '0.3.1' } },
    exitCode: 0,
    stdout: { ips: [{ address: '192.0.2.2/24', new: 1000 }], vendor: { a: [null] }, cniVersion: '1.1.0' },
  },
  failed(
    'two spellings of a member, none of them exact, are refused',
    { Sysctl: SOMAXCONN, SYSCTL: SOMAXCONN },
    errorDocument(7, 'sysctl is duplicated, given as Sysctl and SYSCTL', 'leave one of them'),
  ),
  ...['ADD', 'CHECK'].map(
    (command): ProtocolCase => ({
      ...failed(
        `${command} without prevResult is refused`,
        { sysctl: SOMAXCONN, prevResult: undefined },
        errorDocument(
          7,
          'there is no prevResult: netns-sysctl must be chained after a network plugin',
          'put it into "plugins" of a conflist, after the plugin that makes the interface, or give it "first": true',
        ),
      ),
      command,
    }),
  ),
  ...['ADD', 'CHECK', 'DEL', 'GC', 'STATUS'].map(
    (command): ProtocolCase => ({
      ...failed(
        `${command} without a network's name is refused`,
        { name: undefined },
        errorDocument(7, "the network's name is missing", 'it is the member "name" of the conflist'),
      ),
      command,
    }),
  ),
  failed(
    "a network's name with a slash is refused",
    { name: '../net' },
    errorDocument(
      7,
      `the network's name "../net" must be letters, digits, "_", "." and "-", and start with a letter or digit`,
      'it is the member "name" of the conflist',
    ),
  ),
  failed(
    'members of a wrong type are all named',
    { sysctl: ['net.core.somaxconn'], args: 1, prevResult: 'none' },
    errorDocument(
      6,
      'sysctl must be an object of names and values, not an array; args must be an object, not 1; ' +
        'prevResult must be an object, not "none"',
    ),
  ),
  failed(
    'values of a wrong type are all named',
    { sysctl: { 'net.core.somaxconn': null, 'net.ipv4.ip_forward': [1], 'net.ipv4.tcp_fin_timeout': 1.5 } },
    errorDocument(
      6,
      'sysctl["net.core.somaxconn"] must be a string, an integer or a boolean, not null; ' +
        'sysctl["net.ipv4.ip_forward"] must be a string, an integer or a boolean, not an array; ' +
        'sysctl["net.ipv4.tcp_fin_timeout"] must be a string, an integer or a boolean, not 1.5',
    ),
  ),
  {
    name: 'a member that is given twice is refused, with its place',
    command: 'ADD',
    stdin: `{"cniVersion": "1.1.0", "name": "net1", "prevResult": {}, "sysctl": {
  "net.core.somaxconn": 1,
  "net.core.somaxconn": 1
}}`,
    exitCode: 1,
    stdout: errorDocument(
      7,
      'sysctl["net.core.somaxconn"] is duplicated, given again in line 3, column 3',
      'leave one of them',
    ),
  },
  {
    name: 'a DEL of a configuration whose sysctls are invalid succeeds',
    command: 'DEL',
    conf: { sysctl: ['nothing'], prevResult: 1 },
    exitCode: 0,
  },
]

function added(name: string, conf: ProtocolCase['conf'] & object): ProtocolCase {
  return { name, command: 'ADD', conf, exitCode: 0, stdout: PREV_RESULT, after: WRITTEN }
}

function failed(name: string, conf: ProtocolCase['conf'] & object, stdout: unknown): ProtocolCase {
  return { name, command: 'ADD', conf, exitCode: 1, stdout }
}
