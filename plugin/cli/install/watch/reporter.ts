import { log } from '../../../os/log.ts'
import type { Os } from '../../../os/os.ts'
import type { Report } from '../../command.ts'
import { DONE } from '../carry-out.ts'
import { nameOf } from '../paths.ts'
import type { Step } from '../steps.ts'
import type { Job, Look } from './look.ts'
import { prepareStateDir, removeReady, tellStanding } from './state-dir.ts'

const WAR =
  'somebody changes it again and again, so it is put back five times a second at most; find out who (Cilium does so without cni.exclusive=false)'

export interface Round extends Look {
  readonly problem?: string
  /** Why folders are not watched. */
  readonly unarmed: string | undefined
  readonly isWar: boolean
  /** Whether no other watcher works in the folder. */
  readonly isAlone: boolean
}

/** Reports what a watcher does: a line for each event, and the files of `--state-dir`. */
export interface Reporter {
  /** Reports what was done, and whether it was a repair. */
  tellStep(step: Step): boolean
  /** Reports the result of one look; returns whether everything is in place. Throws OsError. */
  tellRound(round: Round): boolean
  /** Throws OsError. */
  end(): Report
}

/** Throws OsError if `stateDir` cannot be made. */
export function createReporter(os: Os, { place }: Job, stateDir: string | undefined): Reporter {
  const lasting = new Map<string, string>()
  const count = { restored: 0 }
  let lastChange: number | undefined
  let wasFine = false
  if (stateDir !== undefined) prepareStateDir(os, stateDir)
  /** Reports a lasting state once. */
  const tell = (topic: string, text: string | undefined) => {
    if (text !== undefined && lasting.get(topic) !== text) log(os, text)
    if (text === undefined) lasting.delete(topic)
    else lasting.set(topic, text)
  }
  return {
    tellStep({ action, path }) {
      lastChange = os.wallClock()
      if (wasFine) count.restored += 1
      log(os, `${DONE[action]} ${path}${wasFine ? `: it was not as it should be any more (${count.restored})` : ''}`)
      return wasFine
    },
    tellRound({ source, warnings, problem, unarmed, isWar, isAlone }) {
      const isFine = source !== undefined && problem === undefined && !isWar
      wasFine ||= isFine
      tell('unarmed', unarmed && `looks twice a second, since inotify does not tell: ${unarmed}`)
      tell('warnings', warnings.length > 0 ? `warning: ${warnings.join('; ')}` : undefined)
      tell('problem', problem && `not installed: ${problem}`)
      if (problem === undefined) tell('source', source === undefined ? waitsFor(place) : `watches ${nameOf(source)}`)
      tell('other', isAlone ? undefined : `another watcher is at work in ${place.folder}; two of one file never agree`)
      tell('war', isWar ? WAR : undefined)
      if (stateDir !== undefined) tellStanding(os, stateDir, { isInstalled: isFine, ...count, lastChange })
      return isFine
    },
    end() {
      if (stateDir !== undefined) removeReady(os, stateDir)
      log(os, 'ends, and leaves everything in place')
      return { text: '', json: count, exitCode: 0 }
    },
  }
}

function waitsFor({ folder, into }: Job['place']): string {
  return into === undefined ? `waits: there is no network in ${folder} yet` : `waits: ${into} is not there yet`
}
