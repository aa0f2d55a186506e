import { POD_ANNOTATIONS } from '../../cni/capabilities.ts'
import { collect } from '../../cni/error.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { DEFAULT_ANNOTATION } from '../../config/pod.ts'
import { parseSysctlLines } from '../../config/sysctl-d.ts'
import { keyGlobProblem } from '../../policy/glob.ts'
import { PROFILE_ANNOTATION } from '../../policy/pod.ts'
import { parseSysctlKey } from '../../sysctl/key.ts'
import type { Candidate } from '../rehearse/candidate.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import { toRemark } from './entry.ts'
import type { PlacedRemark, Remark } from './finding.ts'
import { lintInterface } from './interfaces.ts'
import type { PodUnit } from './unit.ts'

/** The wishes of one pod, as its ADD gets them. */
export interface PodCandidate extends Candidate {
  readonly annotation: string
  readonly text: string
  /** The network's entry; undefined if none was given. */
  readonly network: JsonObject | undefined
}

/** A candidate for the rehearsal: a pod with a network's entry that reads annotations, or without an entry. */
export function toPodCandidate({ name, namespace, annotations }: PodUnit, network?: JsonObject): PodCandidate[] {
  const policy = isJsonObject(network?.pod) ? network.pod : {}
  const annotation = typeof policy.annotation === 'string' ? policy.annotation : DEFAULT_ANNOTATION
  const { [annotation]: sysctls, [PROFILE_ANNOTATION]: profile } = annotations
  const hasWish = typeof sysctls === 'string' || (typeof profile === 'string' && network !== undefined)
  if (!hasWish) return []
  const text = typeof sysctls === 'string' ? sysctls : ''
  const entry = {
    ...(network ?? { pod: { allow: namesIn(text), annotation } }),
    runtimeConfig: { [POD_ANNOTATIONS]: annotations },
  }
  const args = new Map([
    ['K8S_POD_NAMESPACE', namespace],
    ['K8S_POD_NAME', name],
  ])
  return [{ entry, args, annotation, text, network }]
}

/** Remarks on a pod's wishes. Problems of the network's entry itself are reported there. */
export function lintPod(unit: PodUnit, candidate: PodCandidate, kernel: Kernel): PlacedRemark[] {
  const { entry, annotation, text, network } = candidate
  const { annotations } = unit
  if (network !== undefined && !readsAnnotations(network)) {
    const message = `${annotation}: is not read, because the entry of the network has no "pod"`
    return [{ ...unit.placeOf(annotation), level: 'warning', message, rule: 'pod' }]
  }
  const known = network === undefined ? [] : (kernel.outcomes.get(network)?.faults ?? [])
  const faults = kernel.outcomes.get(entry)?.faults ?? []
  const fresh = faults.filter(
    ({ at, message }) => at[0] === 'annotation' || !known.some((each) => each.message === message),
  )
  const lines = linesIn(text)
  const interfaces = lines.flatMap(({ name }) => lintInterface(name, ['annotation', name], kernel.ifName))
  return [...interfaces, ...fresh.map(toRemark)].map(({ at, ...rest }: Remark) => {
    const offset = offsetOf(text, at, lines)
    const named =
      at[2] === PROFILE_ANNOTATION || annotations[annotation] === undefined ? PROFILE_ANNOTATION : annotation
    const place = offset === undefined ? unit.placeOf(named) : unit.textAt(annotation, text).placeOf(offset)
    return { ...place, ...rest }
  })
}

/** Whether the network or one of its namespaces lets pods ask for anything. */
function readsAnnotations({ pod, namespaces }: JsonObject): boolean {
  const members = isJsonObject(namespaces) ? Object.values(namespaces) : []
  return [pod, ...members.map((each) => (isJsonObject(each) ? each.pod : undefined))].some(isJsonObject)
}

function linesIn(text: string) {
  return parseSysctlLines(text, '', [])
}

/** All settings that a pod without a network could mean. */
function namesIn(text: string): string[] {
  const keys = linesIn(text).flatMap(({ name }) => collect([], () => parseSysctlKey(name.replace(/^-/, ''))) ?? [])
  return keys.map(({ canonical }) => canonical).filter((canonical) => keyGlobProblem(canonical) === undefined)
}

/** The place of a fault in the annotation's text: a line, or the line with a name. */
function offsetOf(
  text: string,
  [kind, which]: Remark['at'],
  lines: readonly { readonly name: string }[],
): number | undefined {
  const rows = text.split('\n')
  const row =
    kind === 'line'
      ? Number(which) - 1
      : kind === 'annotation' && lines.some(({ name }) => name === which)
        ? rows.findLastIndex(
            (each) => each.trim().startsWith(String(which)) && /^\s*=/.test(each.trim().slice(String(which).length)),
          )
        : -1
  if (row < 0) return undefined
  const before = rows.slice(0, row).reduce((sum, { length }) => sum + length + 1, 0)
  return before + ((rows[row] ?? '').length - (rows[row] ?? '').trimStart().length)
}
