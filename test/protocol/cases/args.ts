import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const SOMAXCONN = { 'net.core.somaxconn': '1024' }
const WRITTEN = { 'net/core/somaxconn': '1024' }

/** args.cni.sysctl, as cnitool and Multus give it: it wins over the network's. */
export const ARGS_CASES: readonly ProtocolCase[] = [
  added('args.cni.sysctl is written without sysctl', { args: { cni: { sysctl: SOMAXCONN } } }),
  added('args.cni.sysctl wins over sysctl', {
    sysctl: { 'net.core.somaxconn': '2048' },
    args: { cni: { sysctl: SOMAXCONN } },
  }),
  added('args.cni.sysctl wins in another spelling', {
    sysctl: { 'net.core.somaxconn': '2048' },
    args: { cni: { sysctl: { 'net/core/somaxconn': '1024' } } },
  }),
  added('args.cni.sysctl is read without regard to case', { Args: { CNI: { Sysctl: SOMAXCONN } } }),
  added('args.cni.sysctl may fail', {
    sysctl: SOMAXCONN,
    args: { cni: { sysctl: { '-net.core.no_such_key': 1 } } },
  }),
  {
    ...added('args.cni.sysctl and sysctl are both written', {
      sysctl: SOMAXCONN,
      args: { cni: { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 1 } } },
    }),
    after: { ...WRITTEN, 'net/ipv4/conf/eth0/rp_filter': '1' },
  },
  ...[{}, { cni: null }, { cni: {} }, { cni: { sysctl: null } }, { other: 1 }, null].map((args) =>
    added(`args of ${JSON.stringify(args)} ask for nothing`, { sysctl: SOMAXCONN, args }),
  ),
  {
    name: 'args of wrong types are named by their place',
    command: 'ADD',
    conf: { args: { cni: { sysctl: { 'net.core.somaxconn': {} } } } },
    exitCode: 1,
    stdout: errorDocument(
      6,
      'args.cni.sysctl["net.core.somaxconn"] must be a string, an integer or a boolean, not an object',
    ),
  },
  {
    name: 'args.cni that is not an object is refused',
    command: 'ADD',
    conf: { args: { cni: 'MAC=1' } },
    exitCode: 1,
    stdout: errorDocument(6, 'args.cni must be an object, not "MAC=1"'),
  },
  {
    name: 'two spellings of one name within args.cni.sysctl are refused',
    command: 'ADD',
    conf: { args: { cni: { sysctl: { 'net.core.somaxconn': 1, 'net/core/somaxconn': 2 } } } },
    exitCode: 1,
    stdout: errorDocument(
      7,
      'net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn',
      'leave one of them',
    ),
  },
  {
    name: 'CHECK compares with args.cni.sysctl',
    command: 'CHECK',
    conf: { sysctl: { 'net.core.somaxconn': 4096 }, args: { cni: { sysctl: SOMAXCONN } } },
    exitCode: 1,
    stdout: errorDocument(102, 'net.core.somaxconn: is "4096", not "1024"'),
  },
]

function added(name: string, conf: ProtocolCase['conf'] & object): ProtocolCase {
  return { name, command: 'ADD', conf, exitCode: 0, stdout: PREV_RESULT, after: WRITTEN }
}
