import type { Os } from '../../../os/os.ts'
import { removeEntry } from '../conflist.ts'
import { findCopies, readMarkerOf } from '../net-d.ts'
import { folderOf, nameOf, pathIn } from '../paths.ts'
import { conflistFor, savedPath } from '../place.ts'
import { isThere, planEdit, planMove, planRemove, readText, type Step } from '../steps.ts'

/** The steps that remove the entry from the named files, and the copies from their folders. Throws CliError and OsError. */
export function planTakingOut(os: Os, paths: readonly string[], folders: readonly string[]): Step[] {
  const copies = folders.flatMap((folder) => findCopies(os, folder))
  const networks = paths.filter((path) => readMarkerOf(os, path).copyOf === undefined)
  // The copies come last, so that the node keeps a network until then.
  return [...networks.flatMap((path) => planOf(os, path)), ...copies.map((path) => planRemove(os, path))]
}

function planOf(os: Os, path: string): Step[] {
  const made = isThere(os, path) ? path : conflistFor(path)
  const { madeOf } = readMarkerOf(os, made)
  if (madeOf === undefined || (made !== path && madeOf !== nameOf(path))) {
    return [planEdit(os, path, (text) => removeEntry(text, path))]
  }
  const original = pathIn(folderOf(made), madeOf)
  const saved = savedPath(original)
  // An agent may have rewritten it.
  if (isThere(os, original)) return [planRemove(os, made), planRemove(os, saved)]
  if (!isThere(os, saved)) return [planEdit(os, made, (text) => removeEntry(text, made))]
  return [planMove(os, saved, original, readText(os, saved).text), planRemove(os, made)]
}
