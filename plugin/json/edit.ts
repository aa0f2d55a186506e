import { type Member, scanJson } from './scan.ts'

/**
 * Sets a member of the object that `text` is, and keeps every other character of it: numbers beyond 2^53, the order
 * of the members and their spacing come through as they were. `text` is JSON, and an object.
 */
export function setMember(text: string, name: string, value: unknown): string {
  const json = JSON.stringify(value)
  const found = findMember(text, name)
  if (found !== undefined) return text.slice(0, found.value.start) + json + text.slice(found.value.end)
  const inside = text.indexOf('{') + 1
  const separator = text.slice(inside).trimStart().startsWith('}') ? '' : ','
  return `${text.slice(0, inside)}${JSON.stringify(name)}:${json}${separator}${text.slice(inside)}`
}

function findMember(text: string, name: string): Member | undefined {
  let found: Member | undefined
  scanJson(text, (member) => {
    if (member.depth === 1 && member.name === name) found = member
  })
  return found
}
