import { scanJson } from '../json/scan.ts'
import { JsonSyntaxError, lineAndColumn } from '../json/syntax.ts'
import { CliError } from './cli-error.ts'

/** The value of a file's JSON text. Throws CliError with the place of the error. */
export function parseJson(text: string, file: string): unknown {
  try {
    scanJson(text, () => undefined)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { line, column } = lineAndColumn(text, error.offset)
    throw new CliError(`${file}:${line}:${column}: is not JSON: ${error.message}`)
  }
  return JSON.parse(text)
}
