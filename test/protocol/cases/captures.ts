import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorDocument } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

/** A request that a real runtime has sent. */
interface Capture {
  readonly env: Readonly<Record<string, string>> & { readonly CNI_COMMAND: string; readonly CNI_NETNS: string }
  readonly stdin: { readonly cniVersion: string; readonly sysctl?: object; readonly prevResult?: object }
}
type Expected = Pick<ProtocolCase, 'exitCode' | 'stdout' | 'after'>

const FOLDER = join(import.meta.dirname, '../../captures')
const AFTER = { 'net/core/somaxconn': '1024', 'net/ipv4/ip_local_port_range': '1024 65535' }
const SUPPORTED_VERSIONS = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']

/** Each request for the test's netns, and again for a netns that is gone. */
export const CAPTURE_CASES: readonly ProtocolCase[] = readdirSync(FOLDER)
  .sort()
  .flatMap((file) => {
    const { env, stdin } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Capture
    const { CNI_COMMAND: command, CNI_NETNS, ...others } = env
    const isPath = CNI_NETNS.startsWith('/')
    const conf = { prevResult: undefined, ...stdin }
    const here: ProtocolCase = {
      name: file.replace('.json', ''),
      command,
      conf,
      env: isPath ? others : { ...others, CNI_NETNS },
      ...(command === 'STATUS' && { isInside: true }),
      ...answerTo(command, stdin),
    }
    if (!isPath) return [here]
    // No process can have this number, so the path is nothing on this machine.
    const gone = CNI_NETNS.replace(/^\/proc\/\d+\//, '/proc/4194305/')
    const answer = command === 'ADD' ? refusalOf(gone, stdin) : answerTo(command, stdin)
    return [
      here,
      {
        name: `${here.name}, netns gone`,
        command,
        conf,
        env: { ...others, CNI_NETNS: gone },
        ...answer,
      },
    ]
  })

function answerTo(command: string, { cniVersion, sysctl = {}, prevResult }: Capture['stdin']): Expected {
  if (command === 'VERSION') return { exitCode: 0, stdout: { cniVersion, supportedVersions: SUPPORTED_VERSIONS } }
  if (command !== 'ADD') return { exitCode: 0 }
  if (!('net.core.no_such_key' in sysctl)) return { exitCode: 0, stdout: { ...prevResult, cniVersion }, after: AFTER }
  const msg = 'net.core.no_such_key: does not exist on Linux {release}'
  return { exitCode: 1, stdout: errorDocument(101, msg, 'nothing was written', cniVersion) }
}

function refusalOf(path: string, { cniVersion }: Capture['stdin']): Expected {
  const details = 'the container is gone, or the runtime gave a wrong path'
  return { exitCode: 1, stdout: errorDocument(8, `CNI_NETNS ${path} does not exist`, details, cniVersion) }
}
