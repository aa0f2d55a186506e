import type { PlacedRemark } from './finding.ts'
import type { Input } from './input.ts'
import { isKubernetes, unitsOfKubernetes } from './kubernetes.ts'
import { readJsonText, toConfiguration } from './source/configuration.ts'
import { kindOf } from './source/kind.ts'
import type { Source } from './source/source.ts'
import { wholeText } from './source/text.ts'
import { isYamlError, readYaml } from './source/yaml.ts'
import type { Unit } from './unit.ts'

/** The content of a file that has to be checked, and the problems of the file itself. */
export interface ReadInput extends Input {
  /** A file that is checked line by line. */
  readonly lines?: 'allowlist' | 'sysctl.d'
  readonly units: readonly Unit[]
  readonly found: readonly PlacedRemark[]
}

export function readInput(input: Input): ReadInput {
  const kind = kindOf(input.file, input.text)
  if (kind === 'allowlist' || kind === 'sysctl.d') return { ...input, lines: kind, units: [], found: [] }
  if (kind === 'unknown') return { ...input, units: [], found: [atStart('error', UNKNOWN, 'unknown-file')] }
  const found: PlacedRemark[] = []
  const sources = kind === 'json' ? readAsJson(input.text, found) : readAsYaml(input.text, found)
  const units = sources.flatMap((source) =>
    isKubernetes(source.value) ? unitsOfKubernetes(source, found) : [toConfiguration(source)],
  )
  if (units.length === 0 && found.length === 0) found.push(atStart('warning', NOTHING, 'chain'))
  return { ...input, units, found }
}

const UNKNOWN =
  'is nothing that lint knows: no conflist, no object of Kubernetes, no allowlist (a file of regular expressions) and no ' +
  'sysctl.d file'
const NOTHING = 'there is no configuration with a plugin of type netns-sysctl in it, and no pod with annotations'

function atStart(level: PlacedRemark['level'], message: string, rule: PlacedRemark['rule']): PlacedRemark {
  return { line: 1, column: 1, level, message, rule }
}

function readAsJson(text: string, found: PlacedRemark[]): Source[] {
  const source = readJsonText(wholeText(text), found)
  return source === undefined ? [] : [source]
}

function readAsYaml(text: string, found: PlacedRemark[]): Source[] {
  const whole = wholeText(text)
  return readYaml(whole).flatMap((read): Source[] => {
    if (!isYamlError(read)) return [read]
    const message = `is not YAML: ${read.message}`
    found.push({ ...whole.placeOf(read.offset), level: 'error', message, rule: 'syntax' })
    return []
  })
}
