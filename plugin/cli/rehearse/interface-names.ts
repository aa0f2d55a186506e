import { collect } from '../../cni/error.ts'
import { ifNameProblem } from '../../cni/names.ts'
import { IFNAME, interfaceOf, parseSysctlKey } from '../../sysctl/key.ts'

/** The interface in the name of a sysctl (with its `-`), if it is not IFNAME, `all` or `default`. */
export function literalInterface(name: string): string | undefined {
  const key = collect([], () => parseSysctlKey(name.replace(/^-/, '')))
  const literal = key === undefined ? undefined : interfaceOf(key)
  return literal === IFNAME ? undefined : literal
}

/** Whether it looks like a pattern or a placeholder: the kernel allows most of these names, but nobody uses them. */
export function isNoInterface(literal: string): boolean {
  return /[*?[\]{}$<>%!#]/.test(literal) || literal.toUpperCase() === IFNAME || ifNameProblem(literal) !== undefined
}
