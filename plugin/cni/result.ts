import { setMember } from '../json/edit.ts'
import type { CniVersion } from './version.ts'

/**
 * The result of ADD: `prevResult` with every member it had, known or not, and `cniVersion` set to that of the request
 * (CNI specification, "Result types"). `prevResult` is the text of a JSON object.
 */
export function formatResult(prevResult: string, cniVersion: CniVersion): string {
  return `${setMember(prevResult, 'cniVersion', cniVersion)}\n`
}
