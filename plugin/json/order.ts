import type { Step } from './member.ts'
import { scanJson } from './scan.ts'

/** A name that engines move to the front of an object, whatever stands before it in the text: an array's index. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/

/** The names of the members of `object`, which stands at `path` in `text`, in the order in which they stand there. */
export function namesInOrder(object: object, text: string | undefined, path: readonly Step[]): string[] {
  const names = Object.keys(object)
  if (text === undefined || names.length < 2 || !names.some((name) => INDEX.test(name))) return names
  const inOrder: string[] = []
  scanJson(text, (member) => {
    if (member.depth === path.length + 1 && path.every((step, index) => step === member.path()[index])) {
      inOrder.push(member.name)
    }
  })
  return inOrder
}
