import type { Step } from './member.ts'
import { scanJson } from './scan.ts'

/** Engines move names like an array's index to the front of an object, wherever they are in the text. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/

/** The names of the members of `object`, which is at `path` in `text`, in the order of the text. */
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
