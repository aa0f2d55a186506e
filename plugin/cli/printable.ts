/** A text that others have written, for a terminal or a log: control characters as JSON writes them. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => JSON.stringify(character).slice(1, -1))
}
