/** Texts that differ at each run, on each machine, or with each kernel: they count as equal. Keep it small. */
const VARYING: readonly RegExp[] = [
  /(?<=net\.core\.rmem_max )\d+ \d+/g,
  // How many connections are dropped, and how long two looks take.
  /(?<=Listen(Overflows|Drops) )[1-9]\d*/g,
  /(?<=^ 65 64 )\d+/gm,
  /\d+ dropped in [\d.]+ s/g,
  // The network namespace in an undo record.
  /(?<="(netnsPath|netns|cookie|bootId)":")[^"]*/g,
]

/** The output and the document's text, in the form in which they must be equal. */
export function comparable(seen: string, shown: string): { readonly seen: string; readonly shown: string } {
  const text = normalize(seen)
  return { seen: text, shown: fill(normalize(shown), text) }
}

/** Several blanks become one, because columns differ in width; lines that were broken at 80 columns are joined. */
function normalize(text: string): string {
  const plain = text
    .trim()
    .replace(/\n {4}(?=\S)/g, ' ')
    .replace(/[ \t]+/g, ' ')
  return VARYING.reduce((changed, pattern) => changed.replace(pattern, 'N'), plain)
}

/** Replaces each line of `…` by the output at its place. */
function fill(shown: string, seen: string): string {
  const rest = seen.split('\n')
  const lines = shown.split('\n')
  return lines
    .flatMap((line, index) => {
      if (line !== '…') {
        rest.shift()
        return [line]
      }
      const next = rest.indexOf(lines[index + 1] ?? '')
      return rest.splice(0, lines[index + 1] === undefined ? rest.length : Math.max(next, 0))
    })
    .join('\n')
}
