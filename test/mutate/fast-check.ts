import fc from 'fast-check'

/** Examples that a property gets: what they do not notice soon, a unit test should. */
const MOST_RUNS = 50

/** In place of fast-check: always the same examples, and no search for the smallest one that fails. */
function assert<T>(property: fc.IRawProperty<T>, params?: fc.Parameters<T>): void | Promise<void> {
  const numRuns = Math.min(params?.numRuns ?? 100, MOST_RUNS)
  return fc.assert(property, { ...params, numRuns, seed: 1, endOnFailure: true })
}

export default { ...fc, assert }
