import { collect } from '../../cni/error.ts'
import { hasWildcard } from '../../policy/glob.ts'
import { parseSysctlKey } from '../../sysctl/key.ts'
import { diagnoseMissing } from '../../sysctl/missing.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Finding } from './finding.ts'

/** Remarks on a file of sysctl.d(5), which is for the host: names that do not exist there, and invalid lines. */
export function lintSysctlD(file: string, text: string, { host }: Kernel): Finding[] {
  return text.split('\n').flatMap((raw, index): Finding[] => {
    const found = lintLine(raw.trim(), host)
    const column = raw.length - raw.trimStart().length + 1
    return found === undefined ? [] : [{ file, line: index + 1, column, ...found }]
  })
}

function lintLine(line: string, host: Kernel['host']): Pick<Finding, 'level' | 'message' | 'rule'> | undefined {
  if (line === '' || /^[#;]/.test(line)) return undefined
  const [, mayFail = '', name = '', assigned] = /^(-?)([^\s=]+)\s*(=.*)?$/.exec(line) ?? []
  if (name === '' || (assigned === undefined && mayFail === '')) {
    const message = `${JSON.stringify(line.slice(0, 80))} is not "name = value", as sysctl.d(5) wants it`
    return { level: 'error', message, rule: 'syntax' }
  }
  if (mayFail !== '' || hasWildcard(name) || !/^net[./]/.test(name)) return undefined
  const key = collect([], () => parseSysctlKey(name))
  if (key === undefined || host.inNetns.has(key.canonical)) return undefined
  return { level: 'warning', message: `${key.canonical}: ${diagnoseMissing(key, host)}`, rule: 'kernel' }
}
