import { CniError, ErrorCode } from '../cni/error.ts'
import { networkNameProblem } from '../cni/names.ts'
import { type CniVersion, IMPLIED_VERSION, isSupportedVersion, SUPPORTED_VERSIONS } from '../cni/version.ts'
import { pickMembers } from './members.ts'
import type { Stdin } from './stdin.ts'

/** The version of the CNI specification for the answer to a request. Throws CniError 1 or 6. */
export function parseCniVersion({ object }: Stdin): CniVersion {
  const { cniVersion = '' } = pickMembers(object, ['cniVersion'], [])
  if (cniVersion === '') return IMPLIED_VERSION
  if (isSupportedVersion(cniVersion)) return cniVersion
  throw new CniError({
    code: typeof cniVersion === 'string' ? ErrorCode.incompatibleVersion : ErrorCode.undecodable,
    msg: `cniVersion ${JSON.stringify(cniVersion).slice(0, 80)} is not supported`,
    details: `supported are ${SUPPORTED_VERSIONS.join(', ')}`,
  })
}

/** The network's name, which every command but VERSION needs. Throws CniError 7. */
export function parseNetworkName({ object }: Stdin): string {
  const { name = '' } = pickMembers(object, ['name'], [])
  const problem = typeof name !== 'string' ? 'must be a string' : name === '' ? 'is missing' : networkNameProblem(name)
  if (problem === undefined) return name as string
  const shown = name === '' ? '' : ` ${JSON.stringify(name).slice(0, 80)}`
  throw new CniError({
    code: ErrorCode.invalidConfig,
    msg: `the network's name${shown} ${problem}`,
    details: 'it is the member "name" of the conflist',
  })
}
