/** Cases for test.each. Throws if there are none: then no test would fail. */
export function some<T>(list: readonly T[], what: string): readonly T[] {
  if (list.length === 0) throw new Error(`there are no ${what}, so nothing would be tested`)
  return list
}
