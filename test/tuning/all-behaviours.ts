import { ADD_BEHAVIOURS } from './add-behaviours.ts'
import type { Behaviour } from './behaviour.ts'
import { CHECK_BEHAVIOURS } from './check-behaviours.ts'
import { DEL_BEHAVIOURS } from './del-behaviours.ts'

/** The rows of the table, in its order. */
export const BEHAVIOURS: readonly Behaviour[] = [...CHECK_BEHAVIOURS, ...ADD_BEHAVIOURS, ...DEL_BEHAVIOURS]
