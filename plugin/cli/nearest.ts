import leven from 'leven'

/** `; did you mean …?` if a known name differs by a few letters; otherwise empty. */
export function formatNearest(name: string, known: readonly string[]): string {
  const ranked = known.map((each) => ({ each, distance: leven(name.toLowerCase(), each.toLowerCase()) }))
  const [nearest] = ranked.sort((a, b) => a.distance - b.distance)
  const isNear = nearest !== undefined && nearest.distance <= Math.max(2, name.length / 3)
  return isNear && nearest.distance < name.length ? `; did you mean ${nearest.each}?` : ''
}
