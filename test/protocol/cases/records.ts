import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const VALID = 'cni.dev/valid-attachments'
/** The variables of Multus, without a pod. */
const OF_NO_POD = {
  CNI_ARGS: 'IgnoreUnknown=true;K8S_POD_NAMESPACE=;K8S_POD_NAME=;K8S_POD_INFRA_CONTAINER_ID=;K8S_POD_UID=',
  CNI_PATH: '/opt/cni/bin:/opt/cni/bin',
}
const PATH_RULE = 'must be an absolute path of a folder'

/** The members about undo records, and the list that GC gets. */
export const RECORD_CASES: readonly ProtocolCase[] = [
  ...['records', './records', '/run/../etc', '/run/..', '/run/cni/', '/', '', 1].flatMap((dataDir) =>
    ['ADD', 'STATUS'].map((command) =>
      refused(`${command} refuses the dataDir ${JSON.stringify(dataDir)}`, command, { dataDir }, [
        6,
        `dataDir ${PATH_RULE}, not ${JSON.stringify(dataDir)}`,
      ]),
    ),
  ),
  refused('restoreOnDel that is neither true nor false is refused', 'ADD', { restoreOnDel: 'no' }, [
    6,
    'restoreOnDel must be true or false, not "no"',
  ]),
  {
    name: 'a DEL of a configuration whose dataDir is invalid succeeds',
    command: 'DEL',
    conf: { dataDir: 'records', restoreOnDel: 1 },
    exitCode: 0,
  },
  { name: 'GC without a list of valid attachments removes nothing', command: 'GC', exitCode: 0 },
  refused('GC names all that is wrong in the list', 'GC', { [VALID]: [{ containerID: 'c1', ifname: 1 }, 'c2', {}] }, [
    6,
    `["${VALID}"][0].ifname must be a string, not 1; ["${VALID}"][1] must be an object, not "c2"; ` +
      `["${VALID}"][2].containerID must be a string, not undefined; ` +
      `["${VALID}"][2].ifname must be a string, not undefined`,
  ]),
  refused('GC refuses a list that is none', 'GC', { [VALID]: { containerID: 'c1', ifname: 'eth0' } }, [
    6,
    `["${VALID}"] must be an array, not an object`,
  ]),
  {
    name: 'GC as Multus asks it, with the list under both names',
    command: 'GC',
    conf: {
      [VALID]: [{ containerID: 'c1', ifname: 'net1' }],
      'cni.dev/attachments': [{ containerID: 'c1', ifname: 'net1' }],
    },
    env: { ...OF_NO_POD, CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' },
    exitCode: 0,
  },
  {
    name: 'STATUS as Multus asks it, with empty variables',
    command: 'STATUS',
    env: { ...OF_NO_POD, CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' },
    conf: { prevResult: undefined },
    isInside: true,
    exitCode: 0,
  },
  ...['ADD', 'CHECK'].map(
    (command): ProtocolCase => ({
      name: `${command} as Multus asks it, of no pod, with a folder twice in CNI_PATH`,
      command,
      env: OF_NO_POD,
      conf: { sysctl: { 'net.core.somaxconn': 1024 } },
      before: command === 'ADD' ? {} : { 'net/core/somaxconn': '1024' },
      exitCode: 0,
      ...(command === 'ADD' && { stdout: PREV_RESULT, after: { 'net/core/somaxconn': '1024' } }),
    }),
  ),
  ...[null, [], [{ containerID: 'c1', ifname: 'eth0', more: 1 }]].map(
    (list): ProtocolCase => ({
      name: `GC takes the list ${JSON.stringify(list)}`,
      command: 'GC',
      conf: { [VALID]: list, prevResult: undefined },
      exitCode: 0,
    }),
  ),
]

function refused(
  name: string,
  command: string,
  conf: object,
  [code, msg, details]: [number, string, string?],
): ProtocolCase {
  return { name, command, conf: { ...conf }, exitCode: 1, stdout: errorDocument(code, msg, details) }
}
