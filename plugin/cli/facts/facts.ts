import * as z from 'zod/mini'
import { lazySchema } from '../../json/lazy-schema.ts'
import { CliError } from '../cli-error.ts'
import { parseJson } from '../json.ts'

/** Facts about a node, to check a configuration for it on another machine. */
export interface Facts {
  /** Of the kernel, `6.12.117`. */
  readonly release: string
  /** net.core.devconf_inherit_init_net */
  readonly devconfInherit: number
  /** The loaded kernel modules; null if not checked. */
  readonly modules: readonly string[] | null
  /** The allowlist that counts; null if there is none. */
  readonly allowlist: TextFile | null
  /** The network that is in force; null if there is none. */
  readonly conflist: TextFile | null
  /** By their canonical keys; of the interfaces only `all`, `default` and `lo`. */
  readonly sysctls: Readonly<Record<string, SysctlFacts>>
}

export interface TextFile {
  readonly path: string
  readonly text: string
}

/** The modes on the host and in a new netns, the values, and whether the second follows the first; null if missing. */
export type SysctlFacts = readonly [
  hostMode: string | null,
  netnsMode: string | null,
  hostValue: string | null,
  netnsValue: string | null,
  followsHost: boolean | null,
]

const KIND = 'netns-sysctl-facts'
const VERSION = 1

/** JSON, with a line for each sysctl. */
export function formatFacts({ sysctls, ...facts }: Facts): string {
  const head = JSON.stringify({ kind: KIND, version: VERSION, ...facts }, undefined, 2).replace(/\n\}$/, '')
  const lines = Object.entries(sysctls).map(([key, fact]) => `    ${JSON.stringify(key)}: ${formatRow(fact)}`)
  return `${head},\n  "sysctls": {\n${lines.join(',\n')}\n  }\n}\n`
}

function formatRow(row: SysctlFacts): string {
  return `[${row.map((each) => JSON.stringify(each)).join(', ')}]`
}

/** Reads the text of {@link formatFacts}. Throws CliError for any other text. */
export function parseFacts(text: string, file: string): Facts {
  const parsed = factsSchema().safeParse(parseJson(text, file))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`
  throw new CliError(`${file}: is not what netns-sysctl explain --facts prints${place}`)
}

const factsSchema = lazySchema(() => {
  const text = z.string()
  const mode = z.nullable(text.check(z.regex(/^0[0-7]{3}$/)))
  const textFile = z.nullable(z.object({ path: text, text }))
  return z.object({
    kind: z.literal(KIND),
    version: z.literal(VERSION),
    release: text,
    devconfInherit: z.int(),
    modules: z.nullable(z.array(text)),
    allowlist: textFile,
    conflist: textFile,
    sysctls: z.record(text, z.tuple([mode, mode, z.nullable(text), z.nullable(text), z.nullable(z.boolean())])),
  })
})

/** The permission bits of a text in {@link SysctlFacts}. */
export function parseMode(text: string): number {
  return Number.parseInt(text, 8)
}

export function formatMode(mode: number): string {
  return `0${(mode & 0o777).toString(8).padStart(3, '0')}`
}
