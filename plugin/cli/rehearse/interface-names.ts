import { collect } from '../../cni/error.ts'
import { ifNameProblem } from '../../cni/names.ts'
import { IFNAME, interfaceOf, parseSysctlKey } from '../../sysctl/key.ts'

/** The interface that the name of a sysctl, with its `-`, has spelled out: neither IFNAME nor `all` nor `default`. */
export function literalInterface(name: string): string | undefined {
  const key = collect([], () => parseSysctlKey(name.replace(/^-/, '')))
  const literal = key === undefined ? undefined : interfaceOf(key)
  return literal === IFNAME ? undefined : literal
}

/** Whether somebody meant a pattern or a placeholder: the kernel would take most of these, but nobody has them. */
export function isNoInterface(literal: string): boolean {
  return /[*?[\]{}$<>%!#]/.test(literal) || literal.toUpperCase() === IFNAME || ifNameProblem(literal) !== undefined
}
