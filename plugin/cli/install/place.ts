import type { Os } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { mark } from './marker.ts'
import { findBefore, findInForce, readMarkerOf } from './net-d.ts'
import { nameOf, pathIn } from './paths.ts'
import { isConflist, toConflist } from './single.ts'
import { isThere, planEdit, planMove, planRemove, planWrite, readText, type Step } from './steps.ts'

/** The place for the entry. */
export interface Place {
  /** The folder of the configurations. */
  readonly folder: string
  /** The network's file; by default the one in force. */
  readonly into: string | undefined
  /** The name of the copy that gets the entry instead of the network's file. */
  readonly ownFile: string | undefined
}

export interface PlannedPlace {
  /** The network's file; undefined if there is none yet. */
  readonly source: string | undefined
  readonly steps: readonly Step[]
  readonly warnings: readonly string[]
}

/** Puts the entry into the text of a conflist; `file` is for messages. */
export type Edit = (text: string, file: string) => string

/** The steps that put the entry in place. Throws CliError and OsError. */
export function planPlace(os: Os, place: Place, edit: Edit): PlannedPlace {
  const source = findSource(os, place)
  if (place.ownFile !== undefined) return planCopyOf(os, source, pathIn(place.folder, place.ownFile), edit)
  if (source === undefined) return { source, steps: [], warnings: [] }
  const { text } = readText(os, source)
  const { steps, target } = isConflist(text, source)
    ? { steps: [planEdit(os, source, (each) => edit(each, source))], target: source }
    : planConversion(os, source, edit)
  const before = findBefore(os, place.folder, target)
  const isHidden = before !== undefined && before !== source
  return { source, steps, warnings: isHidden ? [warnOfBefore(before, target)] : [] }
}

/** The path of a single configuration after a conflist has replaced it. */
export function savedPath(path: string): string {
  return `${path}.netns-sysctl-saved`
}

/** The path of the conflist that replaces a single configuration. */
export function conflistFor(path: string): string {
  return path.replace(/\.[^./]*$/, '.conflist')
}

/** The text of the network's file as a conflist, without the entry. Throws CliError and OsError. */
export function readAsConflist(os: Os, source: string): string {
  const { text } = readText(os, source)
  return isConflist(text, source) ? text : toConflist(text, source)
}

/** The network's file, possibly under its new name since it was made a conflist. */
export function findSource(os: Os, { folder, into }: Place): string | undefined {
  if (into === undefined) return findInForce(os, folder)
  if (isThere(os, into)) {
    if (os.fileStatus(into).kind !== 'directory') return into
    throw new CliError(`${into}: is a folder; --into names a file, and --conf-dir a folder`)
  }
  const made = conflistFor(into)
  return made !== into && readMarkerOf(os, made).madeOf === nameOf(into) ? made : undefined
}

/** The conflist is written before the configuration is moved away, so that the node always has the network. */
function planConversion(os: Os, source: string, edit: Edit): { steps: Step[]; target: string } {
  const target = conflistFor(source)
  const madeOf = nameOf(source)
  if (isThere(os, target) && readMarkerOf(os, target).madeOf !== madeOf) {
    throw new CliError(`${source}: is not a conflist, and ${target}, which would take its place, is there already`)
  }
  const { text, mode } = readText(os, source)
  const made = mark(edit(toConflist(text, source), source), { madeOf })
  return { steps: [planWrite(os, target, made, mode), planMove(os, source, savedPath(source), text)], target }
}

function planCopyOf(os: Os, source: string | undefined, own: string, edit: Edit): PlannedPlace {
  if (isThere(os, own) && readMarkerOf(os, own).copyOf === undefined) {
    throw new CliError(`${own}: is somebody else's; give another name with --own-file`)
  }
  // The node must not look ready without its network.
  if (source === undefined) return { source, steps: isThere(os, own) ? [planRemove(os, own)] : [], warnings: [] }
  const before = findBefore(os, own.slice(0, -nameOf(own).length - 1) || '/', own)
  if (before !== undefined) {
    throw new CliError(`${own}: would not be loaded, since ${nameOf(before)} sorts before it; choose a lower number`)
  }
  const { text, mode } = readText(os, source)
  const list = isConflist(text, source) ? text : toConflist(text, source)
  const copy = mark(edit(list, source), { copyOf: nameOf(source) })
  return { source, steps: [planWrite(os, own, copy, mode)], warnings: [] }
}

function warnOfBefore(before: string, target: string): string {
  return `containerd and CRI-O load only the first file of the folder, which is ${before}, not ${target}`
}
