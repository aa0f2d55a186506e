/** How many random inputs a property gets: `npm run test:fast` tries a tenth of them. */
export function runs(all: number): { numRuns: number } {
  return { numRuns: process.env.RUNS === 'few' ? Math.ceil(all / 10) : all }
}
