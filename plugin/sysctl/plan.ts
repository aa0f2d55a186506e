import { collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { Origin, Setting } from '../config/conf.ts'
import { type Allowlist, checkAllowed } from '../config/policy.ts'
import { parseSysctlKey, replaceIfName, type SysctlKey } from './key.ts'
import { parseValue } from './value.ts'

/** One sysctl to be written. */
export interface Write {
  readonly key: SysctlKey
  readonly value: string
  readonly origin: Origin
  /** Written with `-` before its name: a failure is logged and ignored, as in sysctl.d(5). */
  readonly mayFail: boolean
}

/** What is to be written, in this order. */
export type Plan = readonly Write[]

/**
 * Turns the settings into the writes for one interface; pure. What `args.cni` wants takes the place of the network's
 * value of the same sysctl. Throws one CniError with every problem, in the order of the settings.
 */
export function planWrites(settings: readonly Setting[], ifName: string, allowlist: Allowlist | undefined): Plan {
  const problems: Problem[] = []
  const planned = new Map<string, Write & { readonly name: string }>()
  for (const setting of settings) {
    const write = collect(problems, () => planWrite(setting, ifName, allowlist))
    if (write === undefined) continue
    const other = planned.get(write.key.path)
    if (other?.origin === write.origin) problems.push(twoSpellings(other.name, setting.name, write.key))
    else planned.set(write.key.path, { ...write, name: setting.name })
  }
  throwProblems(problems)
  return [...planned.values()].map(({ name: _, ...write }) => write)
}

function planWrite({ name, value, origin }: Setting, ifName: string, allowlist: Allowlist | undefined): Write {
  const mayFail = name.startsWith('-')
  const written = parseSysctlKey(mayFail ? name.slice(1) : name)
  checkAllowed(written, allowlist)
  const key = replaceIfName(written, ifName)
  return { key, value: parseValue(key, value), origin, mayFail }
}

function twoSpellings(first: string, second: string, key: SysctlKey): Problem {
  return {
    code: ErrorCode.invalidConfig,
    msg: `${key.canonical} is set twice, as ${first} and as ${second}`,
    details: 'leave one of them',
  }
}
