import type { Fault, Rehearsal } from '../../plan/rehearsal.ts'
import { ofNewInterface, parseSysctlKey } from '../../sysctl/key.ts'
import type { Facts } from './facts.ts'

/** The values of an ADD that do not have the form of a new netns' values on that node. */
export function findMisfits({ sysctls }: Facts, { wishes, places, ifName }: Rehearsal): Fault[] {
  return wishes.settings.flatMap(({ subject, value, onFailure }): Fault[] => {
    const key = parseSysctlKey(subject.id)
    // The facts have no interface but lo.
    const known = ofNewInterface(key)
    const current = sysctls[known.canonical]?.[3] ?? null
    const problem = current === null ? undefined : subject.valueProblem(value, current)
    if (problem === undefined) return []
    const { at = [], hasIfName = false } = places.get(subject.id) ?? {}
    const name = hasIfName ? subject.name.replaceAll(`.${ifName}.`, '.IFNAME.') : subject.name
    const kind = !problem.isRefused ? 'cut' : onFailure === 'log' ? 'ignored' : 'invalid'
    return [{ at, kind, message: `${name}: ${problem.reason}` }]
  })
}
