/** QuickJS's hash of a text of ASCII, of which an atom keeps 30 bits: hash_string8() in quickjs.c. */
function hashOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 263) + text.charCodeAt(index)) & 0x3fffffff
  return hash
}

/** Pairs of texts of six letters that have the same hash, as many as `count`. */
function collidingPairs(count: number): (readonly [string, string])[] {
  const seen = new Map<number, string>()
  const pairs: (readonly [string, string])[] = []
  for (let number = 0; pairs.length < count; number++) {
    // Multiplied, so that the texts are spread.
    const text = (Math.imul(number, 0x9e3779b1) >>> 0).toString(36).padStart(7, '0').slice(-6)
    const hash = hashOf(text)
    const other = seen.get(hash)
    if (other === undefined) seen.set(hash, text)
    else if (other !== text) pairs.push([other, text])
  }
  return pairs
}

/** Names with the same hash in QuickJS: each bit of a number chooses one of a pair. */
export function collidingNames(count: number): string[] {
  const pairs = collidingPairs(Math.ceil(Math.log2(count)))
  return Array.from({ length: count }, (_, number) => pairs.map((pair, bit) => pair[(number >> bit) & 1]).join(''))
}
