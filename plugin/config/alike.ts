/** Between two attachments of GC's list, as every Go program writes it: the end of one, and the start of the next. */
const BETWEEN = '"},{"containerID":"'

/**
 * A text with the same names as a JSON text, and nested as deeply, but of attachments that have only their container's ID for
 * themselves it has one: GC's list may have thousands.
 */
export function withoutAlike(text: string): string {
  const pieces = text.split(BETWEEN)
  // Without a bracket the nesting is the same behind it.
  const [, rest] = /^[^"]*("[^{}[\]]*)$/.exec(pieces[1] ?? '') ?? []
  // If there is an escape, a quote may be part of the ID.
  if (rest === undefined || text.split('\\', 2).length > 1) return text
  const kept = pieces.slice(0, 2)
  const last = pieces.length - 1
  // An iterator is several times slower.
  for (let index = 2; index < last; index += 1) {
    const piece = pieces[index] as string
    if (!(piece.endsWith(rest) && piece.indexOf('"') === piece.length - rest.length)) kept.push(piece)
  }
  return [...kept, ...pieces.slice(Math.max(2, last))].join(BETWEEN)
}
