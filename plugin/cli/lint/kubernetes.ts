import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { ownEntries } from './chain.ts'
import type { PlacedRemark } from './finding.ts'
import { readConfiguration } from './source/configuration.ts'
import type { Source } from './source/source.ts'
import type { ConfigurationUnit, PodUnit, Unit } from './unit.ts'

/** Whether a document is one of Kubernetes' objects. */
export function isKubernetes(value: unknown): value is JsonObject {
  return isJsonObject(value) && typeof value.kind === 'string' && typeof value.apiVersion === 'string'
}

/** The parts of a Kubernetes object, or of a list of them, that concern the plugin. Invalid JSON in it is added to `found`. */
export function unitsOfKubernetes(source: Source, found: PlacedRemark[]): Unit[] {
  return flatten(source.value, []).flatMap(({ object, at }): Unit[] => {
    return object.kind === 'NetworkAttachmentDefinition' || object.kind === 'ConfigMap'
      ? configurationsOf(source, object, at, found)
      : podsOf(source, object, at)
  })
}

type Path = readonly PropertyKey[]

/** The objects of a list, and of the lists in it. */
function flatten(value: unknown, at: Path): { readonly object: JsonObject; readonly at: Path }[] {
  if (!isJsonObject(value)) return []
  if (!Array.isArray(value.items)) return [{ object: value, at }]
  return value.items.flatMap((item: unknown, index) => flatten(item, [...at, 'items', index]))
}

/** Multus' name for the first interface that it adds. */
const MULTUS_IFNAME = 'net1'

/** Configurations of Multus, and those that networks' agents install on a node. */
function configurationsOf(source: Source, object: JsonObject, at: Path, found: PlacedRemark[]): ConfigurationUnit[] {
  if (object.kind === 'ConfigMap') {
    const files = Object.entries(memberOf(object, 'data')).filter(([name]) => /\.(conf|conflist|json)$/.test(name))
    return files.flatMap(([name, text]) => configurationIn(source, [...at, 'data', name], text, []))
  }
  const { config } = memberOf(object, 'spec')
  const { name } = memberOf(object, 'metadata')
  return configurationIn(source, [...at, 'spec', 'config'], config, found).map((unit) => ({
    ...unit,
    ifName: MULTUS_IFNAME,
    // Without a name, Multus uses that of the object.
    object: 'name' in unit.object || !Array.isArray(unit.object.plugins) ? unit.object : { name, ...unit.object },
  }))
}

/** A configuration that is a string in the document; without it, Multus uses the node's. */
function configurationIn(source: Source, at: Path, text: unknown, found: PlacedRemark[]): ConfigurationUnit[] {
  if (typeof text !== 'string' || text.trim() === '') return []
  const unit = readConfiguration(source.textAt(at, text), found)
  return unit === undefined || ownEntries(unit.object).length === 0 ? [] : [{ ...unit, isOneOfMany: true }]
}

/** The annotations of a pod, or of the pod template of a Deployment and similar objects. */
function podsOf(source: Source, object: JsonObject, at: Path): PodUnit[] {
  const steps = object.kind === 'Pod' ? [] : object.kind === 'CronJob' ? OF_CRON_JOB : OF_TEMPLATE
  const pod = steps.reduce(memberOf, object)
  const annotations = memberOf(memberOf(pod, 'metadata'), 'annotations')
  const { name = '', namespace = 'default' } = memberOf(object, 'metadata')
  const placed = (annotation: string) => [...at, ...steps, 'metadata', 'annotations', annotation]
  if (Object.keys(annotations).length === 0) return []
  return [
    {
      kind: 'pod',
      name: String(name),
      namespace: String(namespace),
      annotations,
      placeOf: (annotation) => source.placeOf(placed(annotation)),
      textAt: (annotation, text) => source.textAt(placed(annotation), text),
    },
  ]
}

const OF_TEMPLATE = ['spec', 'template']
const OF_CRON_JOB = ['spec', 'jobTemplate', ...OF_TEMPLATE]

function memberOf(object: JsonObject, name: string): JsonObject {
  const member = object[name]
  return isJsonObject(member) ? member : {}
}
