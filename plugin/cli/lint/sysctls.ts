import { collect } from '../../cni/error.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { OsError } from '../../os/os.ts'
import { diagnoseTarget } from '../../sysctl/diagnose.ts'
import {
  interfaceOf,
  ofInterface,
  ofNewInterface,
  parseSysctlKey,
  type SysctlKey,
  segmentsOf,
} from '../../sysctl/key.ts'
import { isOfNode } from '../../sysctl/whole-node.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Remark } from './finding.ts'

/** A sysctl of the member `sysctl`. */
interface Assignment {
  readonly name: string
  readonly mayFail: boolean
  readonly key: SysctlKey
  readonly value: unknown
}

/** The member `sysctl` of an entry, without invalid names, which ADD refuses. */
export function readSysctlMember({ sysctl }: JsonObject): Assignment[] {
  return Object.entries(isJsonObject(sysctl) ? sysctl : {}).flatMap(([name, value]) => {
    const mayFail = name.startsWith('-')
    const key = collect([], () => parseSysctlKey(mayFail ? name.slice(1) : name))
    return key === undefined ? [] : [{ name, mayFail, key, value }]
  })
}

/** The sysctls of an entry that cannot be set on this node. */
export function lintSysctls(entry: JsonObject, kernel: Kernel): Remark[] {
  return readSysctlMember(entry).flatMap(({ name, key, mayFail }): Remark[] => {
    const reason = reasonAgainst(key, kernel)
    if (reason === undefined) return []
    const message = `${key.canonical}: ${reason}`
    return [{ at: ['sysctl', name], level: mayFail ? 'warning' : 'error', message, rule: 'kernel' }]
  })
}

/** The sysctls without an effect, of an entry or of one of its profiles (which wins over the entry). */
export function lintEffects(object: JsonObject, kernel: Kernel, entry = object): Remark[] {
  const all = [...readSysctlMember(object), ...readSysctlMember(entry)]
  return readSysctlMember(object).flatMap((assignment): Remark[] => {
    const overruled = overruledBy(assignment, all, kernel)
    if (overruled === undefined) return []
    const message = `${assignment.key.canonical}: ${overruled}`
    return [{ at: ['sysctl', assignment.name], level: 'warning', message, rule: 'conf-all' }]
  })
}

/** Why a sysctl cannot be set in a container of this node; without root, only whether the host has it. */
export function reasonAgainst(written: SysctlKey, { host, netns }: Kernel): string | undefined {
  // The container's interfaces are not known here.
  const name = interfaceOf(written)
  const key = ofNewInterface(written)
  const surroundings = netns ?? host
  const mode = surroundings.inNetns.get(key.canonical)
  const isWritable = mode !== undefined && (mode & 0o222) !== 0
  if (isWritable && !isOfNode(key.canonical, surroundings.release)) return undefined
  const error = new OsError(mode === undefined ? 'ENOENT' : 'EACCES', 'open', key.path)
  const reason = diagnoseTarget(key, error, surroundings)
  return name === undefined ? reason : reason.replaceAll(`.${interfaceOf(key) ?? 'default'}.`, `.${name}.`)
}

/** How conf.all and an interface's own value are combined: IN_DEV_MAXCONF, ORCONF, ANDCONF in <linux/inetdevice.h>. */
const LARGER_COUNTS = ['rp_filter', 'arp_announce', 'arp_ignore', 'src_valid_mark']
const EITHER_COUNTS = ['arp_filter', 'proxy_arp', 'log_martians', 'send_redirects', 'secure_redirects']
const BOTH_COUNT = ['accept_source_route']

function overruledBy({ key, value }: Assignment, all: readonly Assignment[], { confAll }: Kernel): string | undefined {
  const [, family, , , leaf = ''] = segmentsOf(key)
  if (family !== 'ipv4' || interfaceOf(key) === undefined) return undefined
  const ofAll = ofInterface(key, 'all').canonical
  const other = Number(all.find((each) => each.key.canonical === ofAll)?.value ?? confAll.get(leaf))
  const own = Number(value)
  const because = (rule: string) => `has no effect, because ${ofAll} is ${other} and ${rule}`
  if (LARGER_COUNTS.includes(leaf) && own < other) return because('the larger of the two counts')
  if (EITHER_COUNTS.includes(leaf) && own === 0 && other !== 0) return because('either of the two turns it on')
  if (BOTH_COUNT.includes(leaf) && own !== 0 && other === 0) return because('both must be on')
  return undefined
}
