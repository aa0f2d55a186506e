import type { Member, Step } from './member.ts'
import { scanJson } from './scan.ts'

/**
 * Sets a member of an object in the JSON text `text` and keeps every other character: numbers beyond 2^53, the
 * order of the members and their spacing stay the same. `path` leads to the member; its object must have
 * members already, or be the outermost value.
 */
export function setMember(text: string, path: readonly Step[], value: unknown): string {
  const json = JSON.stringify(value)
  const siblings = findSiblings(text, path)
  const found = siblings.findLast(({ name }) => name === path.at(-1))
  if (found !== undefined) return text.slice(0, found.value.start) + json + text.slice(found.value.end)
  const at = siblings[0]?.nameStart ?? text.indexOf('{') + 1
  const separator = siblings.length > 0 ? ',' : ''
  return `${text.slice(0, at)}${JSON.stringify(path.at(-1))}:${json}${separator}${text.slice(at)}`
}

/** The members of the object in which the last step of `path` is. */
function findSiblings(text: string, path: readonly Step[]): Member[] {
  const siblings: Member[] = []
  scanJson(text, (member) => {
    if (member.depth === path.length && isBeside(member.path(), path)) siblings.push(member)
  })
  return siblings
}

function isBeside(path: readonly Step[], other: readonly Step[]): boolean {
  return path.slice(0, -1).every((step, index) => step === other[index])
}
