import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { replaceIfName } from '../../sysctl/key.ts'
import { isSameValue } from '../../sysctl/value.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Remark } from './finding.ts'
import { readSysctlMember } from './sysctls.ts'

/** Sysctls of the entry at `index` that a later `tuning` sets to another value. */
export function lintTuning(
  entry: JsonObject,
  index: number,
  plugins: readonly unknown[],
  { ifName }: Pick<Kernel, 'ifName'>,
): Remark[] {
  const behind = plugins.slice(index + 1).filter((each) => isJsonObject(each) && each.type === 'tuning') as JsonObject[]
  const set = (object: JsonObject) =>
    readSysctlMember(object).map(({ name, key, value }) => ({ name, key: replaceIfName(key, ifName), value }))
  const others = behind.flatMap(set)
  return set(entry).flatMap(({ name, key, value }): Remark[] => {
    const other = others.findLast((each) => each.key.canonical === key.canonical)
    if (other === undefined || isSameValue(key, textOf(value), textOf(other.value))) return []
    const message = `${key.canonical}: ${JSON.stringify(value)} does not last: tuning comes later and sets ${JSON.stringify(other.value)}`
    return [{ at: ['sysctl', name], level: 'warning', message, rule: 'tuning' }]
  })
}

function textOf(value: unknown): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value)
}
