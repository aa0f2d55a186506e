import { isJsonObject } from '../../config/members.ts'
import { CliError } from '../cli-error.ts'
import { parseJson } from '../json.ts'

/** Whether a text is a conflist, not a configuration of one plugin. Throws CliError if it is not JSON. */
export function isConflist(text: string, file: string): boolean {
  const value = parseJson(text, file)
  return isJsonObject(value) && value.plugins !== undefined
}

/** A conflist with the meaning of a configuration of one plugin, and its text unchanged. Throws CliError. */
export function toConflist(text: string, file: string): string {
  const value = parseJson(text, file)
  if (!isJsonObject(value) || typeof value.type !== 'string') {
    throw new CliError(`${file}: is not a configuration: it has neither "plugins" nor a "type"`)
  }
  const { cniVersion, name } = value
  if (typeof name !== 'string') throw new CliError(`${file}: has no "name", which a conflist needs`)
  const version = cniVersion === undefined ? '' : `  "cniVersion": ${JSON.stringify(cniVersion)},\n`
  const plugin = text.trim().replaceAll('\n', '\n    ')
  return `{\n${version}  "name": ${JSON.stringify(name)},\n  "plugins": [\n    ${plugin}\n  ]\n}\n`
}
