import type { Os } from '../../plugin/os/os.ts'
import { createFailingOs, EFFECTIVE, type Failure } from './failing-os.ts'
import type { FakeNode } from './node-state.ts'

/** `what` tells the fault. */
type Hold<T> = (node: T, exitCode: number, what: string, way: Failure) => void

/** Types `apply --all` on a new node for each call that it makes, with each way to fail at that call. */
export function forEachFaultOfApply<T extends Pick<FakeNode, 'typeOn'>>(
  newNode: () => T,
  ways: readonly Failure[],
  hold: Hold<T>,
): void {
  for (const [at, name] of callsOf(newNode()).entries()) {
    for (const way of ways) {
      if (way.kind === 'error' && ((way.isDone && !EFFECTIVE.has(name)) || name === 'writeStdout')) continue
      const node = newNode()
      const { exitCode } = applyOn(node, (os) => createFailingOs(os, at, way).os)
      hold(node, exitCode, `${JSON.stringify(way)} at call ${at}, ${name}`, way)
    }
  }
}

function callsOf(node: Pick<FakeNode, 'typeOn'>): readonly string[] {
  let calls: readonly string[] = []
  applyOn(node, (os) => {
    const failing = createFailingOs(os)
    calls = failing.calls
    return failing.os
  })
  return calls
}

const applyOn = ({ typeOn }: Pick<FakeNode, 'typeOn'>, wrap: (os: Os) => Os) => typeOn(wrap, 'apply', '--all')
