import type { JsonObject } from '../../config/members.ts'
import type { Span } from '../../json/member.ts'

/** Puts an entry behind the one at `span`, with the same layout. */
export function insertAfter(text: string, span: Span, entry: JsonObject): string {
  const { json, separator } = layOut(text, span, entry)
  return text.slice(0, span.end) + separator + json + text.slice(span.end)
}

/** Puts an entry before the one at `span`, likewise. */
export function insertBefore(text: string, span: Span, entry: JsonObject): string {
  const { json, separator } = layOut(text, span, entry)
  return text.slice(0, span.start) + json + separator + text.slice(span.start)
}

function layOut(text: string, span: Span, entry: JsonObject): { json: string; separator: string } {
  const lineStart = text.lastIndexOf('\n', span.start) + 1
  const indent = text.slice(lineStart, span.start)
  const isOnOwnLine = /^[ \t]*$/.test(indent)
  const newline = text[lineStart - 2] === '\r' ? '\r\n' : '\n'
  // The entries of a conflist are two levels deep.
  const json = JSON.stringify(entry, undefined, isOnOwnLine ? indent.slice(0, indent.length / 2) : '')
  return {
    json: json.replaceAll('\n', newline + indent),
    separator: isOnOwnLine ? `,${newline}${indent}` : ', ',
  }
}
