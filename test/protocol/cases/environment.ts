import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const NAME_RULE = 'must be letters, digits, "_", "." and "-", and start with a letter or digit'
const FILE_RULE = 'has an invalid character: "/", ":", a blank or a control character'

const required = (command: string) => `a container runtime sets these for ${command}`
const ifName = (name: string, reason: string) => `CNI_IFNAME ${JSON.stringify(name)} ${reason}`
const containerId = (id: string) => `CNI_CONTAINERID ${JSON.stringify(id)} ${NAME_RULE}`

function refused(
  name: string,
  command: string,
  env: ProtocolCase['env'],
  msg: string,
  details = required(command),
): ProtocolCase {
  const none = { name, command, exitCode: 1, stdout: errorDocument(4, msg, details) } as const
  return env === undefined ? none : { ...none, env }
}

const nothing = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined }
const KNOWN_COMMANDS = 'known are ADD, CHECK, DEL, GC, STATUS and VERSION, in capitals'

/** Missing or invalid CNI_* variables: all of them are named at once. */
export const ENVIRONMENT_CASES: readonly ProtocolCase[] = [
  ...['ADD', 'CHECK'].map((command) =>
    refused(
      `${command} names every variable that is missing`,
      command,
      nothing,
      'required environment variables missing: CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME',
    ),
  ),
  refused(
    'DEL does without CNI_NETNS and names the others',
    'DEL',
    nothing,
    'required environment variables missing: CNI_CONTAINERID, CNI_IFNAME',
  ),
  refused(
    'an empty variable is missing',
    'ADD',
    { CNI_NETNS: '' },
    'required environment variables missing: CNI_NETNS',
  ),
  refused(
    'ADD names every variable that is missing or invalid',
    'ADD',
    { CNI_CONTAINERID: '../x', CNI_NETNS: undefined, CNI_IFNAME: 'eth0/1' },
    `required environment variables missing: CNI_NETNS; ${containerId('../x')}; ${ifName('eth0/1', FILE_RULE)}`,
  ),
  ...['-c', '.c', 'c d', 'c/d', 'ç'].map((id) =>
    refused(`CNI_CONTAINERID ${id} is refused`, 'ADD', { CNI_CONTAINERID: id }, containerId(id)),
  ),
  refused(
    'an interface name of 16 characters is refused',
    'ADD',
    { CNI_IFNAME: 'a'.repeat(16) },
    ifName('a'.repeat(16), 'is longer than 15 bytes'),
  ),
  ...['.', '..'].map((name) =>
    refused(
      `an interface name ${name} is refused`,
      'DEL',
      { CNI_IFNAME: name },
      ifName(name, 'is the name of a directory'),
    ),
  ),
  ...['a:b', 'a b', 'a\tb', 'a/b'].map((name) =>
    refused(
      `an interface name ${JSON.stringify(name)} is refused`,
      'ADD',
      { CNI_IFNAME: name },
      ifName(name, FILE_RULE),
    ),
  ),
  ...['FROB', 'add', ' ADD', 'ADD\n'].map((command) =>
    refused(
      `a command ${JSON.stringify(command)} is refused`,
      command,
      undefined,
      `CNI_COMMAND ${JSON.stringify(command)} is not known`,
      KNOWN_COMMANDS,
    ),
  ),
  ...['GC', 'STATUS'].map(
    (command): ProtocolCase => ({
      name: `${command} needs no variable but CNI_COMMAND`,
      command,
      env: { ...nothing, CNI_PATH: undefined },
      conf: { 'cni.dev/valid-attachments': [] },
      isInside: true,
      exitCode: 0,
    }),
  ),
]

const SYSCTL = { sysctl: { 'net.core.somaxconn': '1024' } }
const ownNetns = errorDocument(
  8,
  "CNI_NETNS {netns} is the plugin's own network namespace, so the host's sysctls would be set",
  "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1",
)

/** CNI_NETNS is the plugin's own, or not a netns. */
export const NETNS_CASES: readonly ProtocolCase[] = [
  ...[undefined, '', '0', 'false', 'yes'].flatMap((override) =>
    ['ADD', 'CHECK'].map(
      (command): ProtocolCase => ({
        name: `${command} refuses the plugin's own netns with CNI_NETNS_OVERRIDE ${JSON.stringify(override)}`,
        command,
        isInside: true,
        env: { CNI_NETNS_OVERRIDE: override },
        conf: SYSCTL,
        exitCode: 1,
        stdout: ownNetns,
      }),
    ),
  ),
  ...['1', 'true', 'True', 'TRUE'].map(
    (override): ProtocolCase => ({
      name: `ADD takes the plugin's own netns with CNI_NETNS_OVERRIDE ${override}`,
      command: 'ADD',
      isInside: true,
      env: { CNI_NETNS_OVERRIDE: override },
      conf: SYSCTL,
      exitCode: 0,
      stdout: PREV_RESULT,
      after: { 'net/core/somaxconn': '1024' },
    }),
  ),
  ...['ADD', 'CHECK'].map(
    (command): ProtocolCase => ({
      name: `${command} refuses a netns that is gone`,
      command,
      env: { CNI_NETNS: '/run/netns/gone' },
      conf: SYSCTL,
      exitCode: 1,
      stdout: errorDocument(
        8,
        'CNI_NETNS /run/netns/gone does not exist',
        'the container is gone, or the runtime gave a wrong path',
      ),
    }),
  ),
  {
    name: 'DEL takes a netns that is gone',
    command: 'DEL',
    env: { CNI_NETNS: '/run/netns/gone' },
    conf: SYSCTL,
    exitCode: 0,
  },
]
