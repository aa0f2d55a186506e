import { collect, type Problem } from '../../cni/error.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { parseCniVersion, parseNetworkName } from '../../config/network.ts'
import { OWN_TYPE } from '../own-type.ts'
import { lintEntry } from './entry.ts'
import type { Remark } from './finding.ts'
import { lintIpv6 } from './ipv6.ts'
import type { Kernel } from './kernel.ts'

/** What is to be said of a conflist or of a single configuration. */
export function lintConfiguration(object: JsonObject, kernel: Kernel): Remark[] {
  const { plugins } = object
  if (!Array.isArray(plugins)) return lintSingle(object, kernel)
  const own = plugins.flatMap((entry: unknown, index) => (isOwn(entry) ? [{ entry, index }] : []))
  if (own.length === 0)
    return [{ at: ['plugins'], level: 'warning', message: `no plugin of this list is of type ${OWN_TYPE}` }]
  const ofEntries = own.flatMap(({ entry, index }) => {
    const remarks = [...lintPosition(index), ...lintEntry(entry, kernel), ...lintIpv6(entry, plugins)]
    return remarks.map((remark) => ({ ...remark, at: ['plugins', index, ...remark.at] }))
  })
  return [...lintHead(object), ...ofEntries]
}

function lintSingle(object: JsonObject, kernel: Kernel): Remark[] {
  if (!isOwn(object)) return [{ at: [], level: 'warning', message: `there is no plugin of type ${OWN_TYPE} in it` }]
  const alone: Remark = {
    at: ['type'],
    level: 'error',
    message: 'must be chained after a network plugin: put it into "plugins" of a conflist',
  }
  return [...lintHead(object), alone, ...lintEntry(object, kernel)]
}

/** What the runtime hands on to every plugin of the chain. */
function lintHead(object: JsonObject): Remark[] {
  const stdin = { object, repeated: [], prevResultText: undefined }
  const remarks = (at: string, check: () => unknown) => {
    const problems: Problem[] = []
    collect(problems, check)
    return problems.map(({ msg, details }): Remark => ({ at: [at], level: 'error', message: `${msg}; ${details}` }))
  }
  return [...remarks('cniVersion', () => parseCniVersion(stdin)), ...remarks('name', () => parseNetworkName(stdin))]
}

function isOwn(entry: unknown): entry is JsonObject {
  return isJsonObject(entry) && entry.type === OWN_TYPE
}

function lintPosition(index: number): Remark[] {
  if (index > 0) return []
  return [{ at: [], level: 'error', message: 'must be chained after a network plugin, and is the first of the list' }]
}
