/** What is other at each run, on each machine, or with each kernel: it counts as the same. Keep it small. */
const VARYING: readonly RegExp[] = [
  /(?<=net\.core\.rmem_max )\d+ \d+/g,
  // How many connections are dropped, and how long two looks take.
  /(?<=Listen(Overflows|Drops) )[1-9]\d*/g,
  /(?<=^ 65 64 )\d+/gm,
  /\d+ dropped in [\d.]+ s/g,
  // What an undo record has of the network namespace.
  /(?<="(netnsPath|netns|cookie|bootId)":")[^"]*/g,
]

/** What was printed and what a document shows, in the form in which they must be equal. */
export function comparable(seen: string, shown: string): { readonly seen: string; readonly shown: string } {
  const text = normalize(seen)
  return { seen: text, shown: fill(normalize(shown), text) }
}

/** One blank for several, as columns are as wide as what is in them; lines that were broken at 80 columns are whole. */
function normalize(text: string): string {
  const plain = text
    .trim()
    .replace(/\n {4}(?=\S)/g, ' ')
    .replace(/[ \t]+/g, ' ')
  return VARYING.reduce((changed, pattern) => changed.replace(pattern, 'N'), plain)
}

/** Puts for each line of `…` what was printed there. */
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
