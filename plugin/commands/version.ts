import { isSupportedVersion, LATEST_VERSION, SUPPORTED_VERSIONS } from '../cni/version.ts'
import { readStdin } from '../config/stdin.ts'
import type { Os } from '../os/os.ts'

/**
 * VERSION: the versions of the CNI specification that the plugin supports. It answers whatever is
 * on stdin: podman hides a network whose plugin does not answer.
 */
export function version(os: Os): string {
  return `${JSON.stringify({ cniVersion: askedVersion(os), supportedVersions: SUPPORTED_VERSIONS })}\n`
}

function askedVersion(os: Os): string {
  try {
    const { cniVersion } = readStdin(os).object
    return isSupportedVersion(cniVersion) ? cniVersion : LATEST_VERSION
  } catch {
    return LATEST_VERSION
  }
}
