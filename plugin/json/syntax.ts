/** The reason why a text is not JSON (RFC 8259), and its offset in UTF-16 code units. */
export class JsonSyntaxError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'JsonSyntaxError'
    this.offset = offset
  }
}

/** The error that `wanted` was expected at an offset. */
export function unexpected(text: string, at: number, wanted: string): JsonSyntaxError {
  if (at >= text.length) return new JsonSyntaxError(`ends where ${wanted} should be`, at)
  const found = JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number))
  return new JsonSyntaxError(`has ${found} where ${wanted} should be`, at)
}

/** Line and column of an offset, both from 1, columns in UTF-16 code units. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
