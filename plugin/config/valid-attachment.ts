import { expected } from './expected.ts'
import { isJsonObject } from './members.ts'

/** What identifies an attachment in GC's list. */
export interface ValidAttachment {
  readonly containerID: string
  readonly ifname: string
}

/** In the form of zod's. */
interface Issue {
  readonly code: 'custom'
  readonly input: unknown
  readonly path: (string | number)[]
  readonly message: string
}

/** What is wrong in a list of attachments, of which a node may have thousands: no schema looks at each of them. */
export function findIssues(list: readonly unknown[]): Issue[] {
  const issues: Issue[] = []
  for (let index = 0; index < list.length; index += 1) {
    const input = list[index]
    if (isAttachment(input)) continue
    for (const [path, message] of problemsOf(input)) {
      issues.push({ code: 'custom', input, path: [index, ...path], message })
    }
  }
  return issues
}

/** In one function, because QuickJS takes a while to call one. */
function isAttachment(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false
  const { containerID, ifname } = input as Partial<ValidAttachment>
  return typeof containerID === 'string' && containerID !== '' && typeof ifname === 'string' && ifname !== ''
}

function problemsOf(attachment: unknown): [path: string[], message: string][] {
  if (!isJsonObject(attachment)) return [[[], expected('an object')({ input: attachment })]]
  return ['containerID', 'ifname']
    .filter((name) => typeof attachment[name] !== 'string' || attachment[name] === '')
    .map((name) => {
      const input = attachment[name]
      return [[name], input === '' ? 'must not be empty' : expected('a string')({ input })]
    })
}
