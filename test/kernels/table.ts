import type { KernelCase } from './case.ts'
import { INHERIT } from './cases/inherit.ts'
import { LIFECYCLE } from './cases/lifecycle.ts'
import { NETNS } from './cases/netns.ts'
import { REFUSED } from './cases/refusals.ts'
import { SEARCH } from './cases/search.ts'

/** Every case, in the order in which they are run within their stages. */
export const CASES: readonly KernelCase[] = [...LIFECYCLE, ...REFUSED, ...NETNS, ...INHERIT, ...SEARCH]
