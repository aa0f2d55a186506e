import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

export interface Container {
  readonly name: string
  readonly image: string
  readonly args: readonly string[]
  readonly securityContext: {
    readonly readOnlyRootFilesystem: boolean
    readonly allowPrivilegeEscalation: boolean
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] }
  }
  readonly resources: { readonly limits: Readonly<Record<string, string>> }
  readonly readinessProbe?: { readonly exec: { readonly command: readonly string[] } }
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

export interface Volume {
  readonly name: string
  readonly hostPath?: { readonly path: string }
  readonly configMap?: { readonly name: string }
  readonly emptyDir?: object | null
}

export interface DaemonSet {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly selector: { readonly matchLabels: object }
    readonly updateStrategy: { readonly rollingUpdate: Readonly<Record<string, number | string>> }
    readonly template: {
      readonly metadata: { readonly labels: object }
      readonly spec: {
        readonly initContainers: readonly Container[]
        readonly containers: readonly Container[]
        readonly volumes: readonly Volume[]
        readonly [member: string]: unknown
      }
    }
  }
}

interface Generator {
  readonly name: string
  readonly files: readonly string[]
  readonly behavior?: string
}

interface Kustomization {
  readonly resources: readonly string[]
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[]
  readonly configMapGenerator?: readonly Generator[]
  readonly patches?: readonly { readonly path: string }[]
}

/** What `kubectl apply -k` would make from a folder, as far as the examples need it. */
export interface Built {
  readonly daemonSet: DaemonSet
  /** The files of generated ConfigMaps, by the names of both. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly images: Readonly<Record<string, string>>
}

/** Builds a kustomization: one DaemonSet, generated ConfigMaps, strategic patches. Throws for a reference to nothing. */
export function buildKustomization(folder: string): Built {
  const {
    resources,
    images = [],
    configMapGenerator = [],
    patches = [],
  } = readYaml(join(folder, 'kustomization.yaml')) as Kustomization
  const parts = resources.map((path) => {
    const full = join(folder, path)
    if (existsSync(join(full, 'kustomization.yaml'))) return buildKustomization(full)
    return { daemonSet: readYaml(full) as DaemonSet, configMaps: {}, images: {} }
  })
  const [base, ...more] = parts
  if (base === undefined || more.length > 0) throw new Error(`${folder}: has not just one resource`)
  const configMaps: Record<string, Record<string, string>> = { ...base.configMaps }
  for (const { name, files, behavior = 'create' } of configMapGenerator) {
    if ((behavior === 'replace') !== name in configMaps)
      throw new Error(`${folder}: ${name} is not there to be replaced`)
    configMaps[name] = Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
  }
  const daemonSet = patches.reduce(
    (patched, { path }) => patch(patched, readYaml(join(folder, path)) as DaemonSet),
    base.daemonSet,
  )
  const renamed = images.map(({ name, newName, newTag }) => [name, `${newName}:${newTag}`])
  return { daemonSet, configMaps, images: { ...base.images, ...Object.fromEntries(renamed) } }
}

/** A strategic merge: lists of items with a name are merged by name, other lists are replaced, null removes. */
function patch<T>(before: T, change: unknown): T {
  if (Array.isArray(before) && Array.isArray(change) && change.every(hasName)) {
    const known = before as readonly { name: string }[]
    const unknown = change.filter(({ name }) => !known.some((each) => each.name === name))
    if (unknown.length > 0) throw new Error(`there is no ${unknown.map(({ name }) => name).join(', ')} to be patched`)
    return known.map((each) => patch(each, change.find(({ name }) => name === each.name) ?? {})) as T
  }
  if (!isObject(before) || !isObject(change)) return change as T
  const merged: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete merged[name]
    else merged[name] = name in merged ? patch(merged[name], value) : value
  }
  return merged as T
}

function hasName(value: unknown): value is { name: string } {
  return isObject(value) && typeof value.name === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readYaml(path: string): unknown {
  if (!existsSync(path)) throw new Error(`${path}: is not there, and ${dirname(path)} refers to it`)
  return parse(readFileSync(path, 'utf8'))
}
