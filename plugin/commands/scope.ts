import { formatPod } from '../cni/args.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import type { PluginConf } from '../config/conf.ts'
import type { Os } from '../os/os.ts'
import type { PlanScope } from '../plan/plan.ts'
import { readAllowlist } from '../policy/allowlist.ts'

/** What the request's plan is made within. Throws CniError 100 for an allowlist that cannot be used. */
export function readPlanScope(os: Os, request: AttachmentRequest, { pod }: PluginConf): PlanScope {
  return { ifName: request.ifName, allowlist: readAllowlist(os), pod, podName: formatPod(request.args) }
}
