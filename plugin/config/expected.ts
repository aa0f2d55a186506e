/** The text of an issue; zod/mini has no texts of its own. */
export function expected(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `must be ${what}, not ${describe(input)}`
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return String(value)
  if (value === null || typeof value !== 'object') return String(JSON.stringify(value)).slice(0, 80)
  return 'an object'
}
