import type { JsonObject } from '../../config/members.ts'
import type { Place } from '../../json/positions.ts'
import type { Source } from './source/source.ts'
import type { Text } from './source/text.ts'

/** A conflist or a single configuration: a file's, or one inside another document. */
export interface ConfigurationUnit {
  readonly kind: 'configuration'
  readonly object: JsonObject
  readonly placeOf: Source['placeOf']
  /** Whether it need not have an entry of the plugin. */
  readonly isOneOfMany: boolean
  /** The interface that it makes, if it is not the usual one. */
  readonly ifName?: string
}

/** The plugin's annotations of a pod or of a pod template. */
export interface PodUnit {
  readonly kind: 'pod'
  readonly name: string
  readonly namespace: string
  readonly annotations: JsonObject
  readonly placeOf: (annotation: string) => Place
  readonly textAt: (annotation: string, text: string) => Text
}

export type Unit = ConfigurationUnit | PodUnit
