import type { JsonObject } from '../../config/members.ts'
import { isNoInterface, literalInterface } from '../rehearse/interface-names.ts'
import type { Remark } from './finding.ts'
import { readSysctlMember } from './sysctls.ts'

/** Remarks on the interfaces in the names of sysctls. */
export function lintInterfaces(entry: JsonObject, ifName: string): Remark[] {
  return readSysctlMember(entry).flatMap(({ name }) => lintInterface(name, ['sysctl', name], ifName))
}

/** The same for one name, with its `-`. */
export function lintInterface(name: string, at: Remark['at'], ifName: string): Remark[] {
  const found = remarkOn(name, ifName)
  return found === undefined ? [] : [{ at, rule: 'interface', ...found }]
}

function remarkOn(name: string, ifName: string): Pick<Remark, 'level' | 'message'> | undefined {
  const mayFail = name.startsWith('-')
  const literal = literalInterface(name)
  if (literal === undefined || literal === 'lo' || literal === ifName) return undefined
  const key = name.replace(/^-/, '')
  if (isNoInterface(literal)) {
    const message = `${key}: ${literal} is not an interface; write IFNAME for the container's own, or all or default`
    return { level: mayFail ? 'warning' : 'error', message }
  }
  if (mayFail) return undefined
  const message = `${key}: only a container with an interface ${literal} starts; write IFNAME for the container's own`
  return { level: 'warning', message }
}
