import arg from 'arg'
import { UsageError } from './cli-error.ts'
import { formatNearest } from './nearest.ts'

/** An option of a command; without `value` it is a switch. */
export interface Option<Name extends string = string> {
  /** `--pid` */
  readonly name: Name
  /** The name of its value in the help: `PID`. */
  readonly value?: string
  /** Whether it may be repeated. */
  readonly isRepeatable?: true
  /** Its description in the help: a sentence without a full stop. */
  readonly help: string
}

/** The words behind the name of a command. */
export interface Arguments<Name extends string = string> {
  readonly operands: readonly string[]
  isGiven(name: Name): boolean
  value(name: Name): string | undefined
  /** All values of an option that may be repeated. */
  values(name: Name): readonly string[]
}

/**
 * Reads the command line. Throws UsageError for an option that is unknown, has no value, or is repeated but may be
 * given once.
 */
export function parseArguments<Name extends string>(
  options: readonly Option<Name>[],
  typed: readonly string[],
): Arguments<Name> {
  const given = parse(options, typed)
  for (const { name, isRepeatable } of options) {
    if (isRepeatable !== true && (given[name]?.length ?? 0) > 1) throw new UsageError(`${name} is given twice`)
  }
  const values = (name: Name): readonly string[] => given[name]?.map(String) ?? []
  return {
    operands: given._,
    isGiven: (name) => values(name).length > 0,
    value: (name) => values(name)[0],
    values,
  }
}

type Given = Readonly<Record<string, readonly (string | boolean)[] | undefined>> & { readonly _: readonly string[] }

function parse(options: readonly Option[], typed: readonly string[]): Given {
  const spec: arg.Spec = {}
  for (const { name, value } of options) spec[name] = value === undefined ? [Boolean] : [String]
  try {
    return arg(spec, { argv: [...typed] }) as Given
  } catch (error) {
    if (!(error instanceof arg.ArgError)) throw error
    throw new UsageError(wordError(error.message, options))
  }
}

/** The library's message; for an unknown option, with the most similar known one. */
function wordError(message: string, options: readonly Option[]): string {
  const unknown = /^unknown or unexpected option: (.*)$/s.exec(message)?.[1]
  if (unknown === undefined) return message
  const names = options.map(({ name }) => name)
  return `there is no option ${unknown}${formatNearest(unknown, names)}`
}
