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
    if (isJsonObject(input) && isText(input.containerID) && isText(input.ifname)) continue
    for (const [path, message] of problemsOf(input)) {
      issues.push({ code: 'custom', input, path: [index, ...path], message })
    }
  }
  return issues
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function problemsOf(attachment: unknown): [path: string[], message: string][] {
  if (!isJsonObject(attachment)) return [[[], expected('an object')({ input: attachment })]]
  return ['containerID', 'ifname']
    .filter((name) => !isText(attachment[name]))
    .map((name) => {
      const input = attachment[name]
      return [[name], input === '' ? 'must not be empty' : expected('a string')({ input })]
    })
}
