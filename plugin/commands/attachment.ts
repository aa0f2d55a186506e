import type { AttachmentRequest } from '../cni/request.ts'
import { parseNetworkName } from '../config/network.ts'
import type { Stdin } from '../config/stdin.ts'
import type { Attachment } from '../state/attachment.ts'

/** The attachment that a request is about. */
export function attachmentOf({ containerId, ifName }: AttachmentRequest, stdin: Stdin): Attachment {
  return { network: parseNetworkName(stdin), containerId, ifName, entry: 'chained' }
}
