import * as z from 'zod/mini'
import { POD_ANNOTATIONS } from '../cni/capabilities.ts'
import { lazySchema } from '../json/lazy-schema.ts'
import type { LinkAttribute } from '../link/attributes.ts'
import type { ConfiguredValue } from '../sysctl/value.ts'
import type { Schemas } from './checked.ts'
import { expected } from './expected.ts'
import { isJsonObject, type JsonObject } from './members.ts'
import { findIssues, type ValidAttachment } from './valid-attachment.ts'

z.config({ jitless: true })

// Each schema is built when it is first needed, because that takes a while.

const string = lazySchema(() => z.string({ error: expected('a string') }))

const integer = lazySchema(() => z.int({ error: expected('an integer') }))

const flag = lazySchema(() => z.boolean({ error: expected('true or false') }))

const strings = lazySchema(() => z.array(string(), { error: expected('an array of strings') }))

const nonEmptyString = lazySchema(() => string().check(z.minLength(1, { error: 'must not be empty' })))

const anyObject = lazySchema(() => z.custom<JsonObject>(isJsonObject, { error: expected('an object') }))

/** An absolute path without `..`, so that messages name the path that is used. */
const directory = lazySchema(() => {
  const absolute = z.regex(/^(?!.*\/\.\.(\/|$))\/.*[^/]$/s)
  return z.string({ error: expected('an absolute path of a folder') }).check(absolute)
})

/** One schema that checks every value itself: a record of unions would take 1 ms to build. */
const sysctls = lazySchema(() =>
  z
    .custom<Readonly<Record<string, ConfiguredValue>>>(isJsonObject, {
      error: expected('an object of names and values'),
    })
    .check(({ value, issues }) => {
      for (const name of Object.keys(value)) {
        const input = value[name]
        if (isConfiguredValue(input)) continue
        const message = expected('a string, an integer or a boolean')({ input })
        issues.push({ code: 'custom', input, path: [name], message })
      }
    }),
)

const attachments = lazySchema(() =>
  z.custom<readonly ValidAttachment[]>(Array.isArray, { error: expected('an array') }).check(({ value, issues }) => {
    for (const issue of findIssues(value)) issues.push({ ...issue })
  }),
)

/** The attributes of the interface, named as in tuning. */
const LINK_SCHEMAS = {
  mac: string,
  mtu: integer,
  promisc: flag,
  allmulti: flag,
  txQLen: integer,
} as const satisfies Readonly<Record<LinkAttribute, Schemas[string]>>

/** The members that the plugin reads of a configuration. */
export const CONF_SCHEMAS = {
  sysctl: sysctls,
  inherit: strings,
  profiles: anyObject,
  namespaces: anyObject,
  pod: anyObject,
  first: flag,
  restoreOnDel: flag,
  dataDir: directory,
  ...LINK_SCHEMAS,
  args: anyObject,
  runtimeConfig: anyObject,
  prevResult: anyObject,
} as const satisfies Schemas

/** The members that the plugin reads of `args.cni`: the conventions of CNI's CONVENTIONS.md. */
export const ARGS_SCHEMAS = {
  sysctl: sysctls,
  ...LINK_SCHEMAS,
} as const satisfies Schemas

/** A member of `profiles`. */
export const PROFILE_SCHEMAS = {
  sysctl: sysctls,
  inherit: strings,
} as const satisfies Schemas

/** What a namespace may add to the network's `pod`. */
export const NAMESPACE_POD_SCHEMAS = {
  allow: strings,
  profiles: strings,
} as const satisfies Schemas

export const POD_SCHEMAS = {
  ...NAMESPACE_POD_SCHEMAS,
  annotation: nonEmptyString,
} as const satisfies Schemas

/** A member of `namespaces`. */
export const NAMESPACE_SCHEMAS = {
  profile: nonEmptyString,
  pod: anyObject,
} as const satisfies Schemas

/** The members that the plugin reads of `runtimeConfig`. */
export const RUNTIME_SCHEMAS = {
  mac: string,
  [POD_ANNOTATIONS]: anyObject,
} as const satisfies Schemas

/** GC's list of valid attachments, under its name and its older name; null if no attachment is valid. */
export const GC_SCHEMAS = {
  'cni.dev/valid-attachments': attachments,
  'cni.dev/attachments': attachments,
} as const satisfies Schemas

/** Whether the member `sysctl` may have such a value. */
export function isConfiguredValue(value: unknown): value is ConfiguredValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
}
