import { formatPod } from '../cni/args.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import type { PluginConf } from '../config/conf.ts'
import type { Os } from '../os/os.ts'
import { createPlanScope, type PlanScope } from '../plan/scope.ts'
import { readAllowlist } from '../policy/allowlist.ts'

/** What a plan depends on beside the request. Throws CniError 100 for an allowlist that cannot be used. */
export function readPlanScope(os: Os, request: AttachmentRequest, conf: PluginConf): PlanScope {
  return createPlanScope(conf, request.ifName, readAllowlist(os), formatPod(request.args))
}
