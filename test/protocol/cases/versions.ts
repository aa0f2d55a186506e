import { errorDocument, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

/** The version of the specification that introduced a command. */
const SINCE: Readonly<Record<string, string>> = {
  ADD: '0.1.0',
  CHECK: '0.4.0',
  DEL: '0.1.0',
  GC: '1.1.0',
  STATUS: '1.1.0',
  VERSION: '0.1.0',
}

const VERSIONS = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']

const supported = { supportedVersions: VERSIONS }

/** Every command in every version of the CNI specification. */
export const VERSION_CASES: readonly ProtocolCase[] = VERSIONS.flatMap((cniVersion) =>
  Object.entries(SINCE).map(([command, since]) =>
    VERSIONS.indexOf(cniVersion) < VERSIONS.indexOf(since)
      ? tooOld(command, cniVersion, since)
      : inVersion(command, cniVersion),
  ),
)

function tooOld(command: string, cniVersion: string, since: string): ProtocolCase {
  const msg = `${command} is not in version ${cniVersion} of the CNI specification`
  return {
    name: `${command} is refused in ${cniVersion}`,
    command,
    conf: { cniVersion },
    exitCode: 1,
    stdout: errorDocument(1, msg, `it came with ${since}; raise "cniVersion" in the conflist`, cniVersion),
  }
}

function inVersion(command: string, cniVersion: string): ProtocolCase {
  const value = command === 'CHECK' ? '4096' : '1024'
  return {
    name: `${command} is answered in ${cniVersion}`,
    command,
    conf: { cniVersion, sysctl: { 'net.core.somaxconn': value }, 'cni.dev/valid-attachments': [] },
    exitCode: 0,
    ...(command === 'STATUS' && { isInside: true }),
    ...(command === 'VERSION' && { stdout: { cniVersion, ...supported } }),
    ...(command === 'ADD' && {
      stdout: { ...PREV_RESULT, cniVersion },
      after: { 'net/core/somaxconn': '1024' },
    }),
  }
}

const unsupported = `supported are ${VERSIONS.join(', ')}`

/** Texts that are not versions, or not versions that the plugin knows. */
export const ODD_VERSION_CASES: readonly ProtocolCase[] = [
  {
    name: 'a configuration without cniVersion is taken for 0.1.0',
    command: 'ADD',
    conf: { cniVersion: undefined },
    exitCode: 0,
    stdout: { ...PREV_RESULT, cniVersion: '0.1.0' },
  },
  ...['ADD', 'CHECK', 'DEL', 'GC', 'STATUS'].map(
    (command): ProtocolCase => ({
      name: `${command} in a version that is not known is refused`,
      command,
      conf: { cniVersion: '2.0.0' },
      exitCode: 1,
      stdout: errorDocument(1, 'cniVersion "2.0.0" is not supported', unsupported),
    }),
  ),
  {
    name: 'a cniVersion that is not a string is refused',
    command: 'ADD',
    conf: { cniVersion: 1 },
    exitCode: 1,
    stdout: errorDocument(6, 'cniVersion 1 is not supported', unsupported),
  },
  ...['', '{"cniVersion":"2.0.0"}', '{"cniVersion":1}', 'no JSON', '[]'].map(
    (stdin): ProtocolCase => ({
      name: `VERSION is answered in the latest version for ${JSON.stringify(stdin)} on stdin`,
      command: 'VERSION',
      env: { CNI_CONTAINERID: '', CNI_IFNAME: 'dummy', CNI_NETNS: 'dummy', CNI_PATH: 'dummy' },
      stdin,
      exitCode: 0,
      stdout: { cniVersion: '1.1.0', ...supported },
    }),
  ),
]
