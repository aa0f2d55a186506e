import { errorDocument } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const VALID = 'cni.dev/valid-attachments'
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
  refused('GC without the list of valid attachments is refused', 'GC', {}, [7, `${VALID} is missing`, 'GC needs it']),
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
