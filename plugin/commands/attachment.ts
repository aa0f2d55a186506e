import type { AttachmentRequest } from '../cni/request.ts'
import { parseNetworkName } from '../config/network.ts'
import type { RecordConf } from '../config/record-conf.ts'
import type { Stdin } from '../config/stdin.ts'
import type { Attachment } from '../state/attachment.ts'

/** The attachment that a request is about; the entry before the network plugin has one of its own. */
export function attachmentOf(
  { containerId, ifName }: AttachmentRequest,
  stdin: Stdin,
  { first }: Pick<RecordConf, 'first'>,
): Attachment {
  return { network: parseNetworkName(stdin), containerId, ifName, entry: first ? 'first' : 'chained' }
}
