import { POD_ANNOTATIONS } from '../cni/capabilities.ts'
import type { Member, Span } from '../json/member.ts'
import { scanNames } from '../json/scan.ts'

/** A member as it stands in the text, from its name's quote to the end of its value. */
export interface Part extends Span {
  readonly name: string
}

/** A member of the configuration itself. */
export interface TopMember extends Part {
  /** Of all members inside it and of itself, without the pod's annotations. */
  readonly names: readonly string[]
}

/** The object with a pod's annotations. */
interface Annotations {
  readonly value: Span
  /** Those that are strings. */
  readonly members: readonly Part[]
}

/** The places of a configuration's members in its text. */
export interface Outline {
  readonly members: readonly TopMember[]
  readonly annotations: readonly Annotations[]
  /** Every name that the configuration gives to the pod's annotation. */
  readonly annotationNames: readonly string[]
}

/** Throws JsonSyntaxError. */
export function readOutline(text: string): Outline {
  const members: TopMember[] = []
  const annotations: Annotations[] = []
  const annotationNames: string[] = []
  let names: string[] = []
  let ofPod: Part[] = []
  scanNames(text, (member) => {
    const { depth, name, nameStart, value } = member
    const part = { name, start: nameStart, end: value.end }
    if (depth === 1) {
      members.push({ ...part, names: [...names, name] })
      names = []
    } else if (isInAnnotations(member)) {
      if (depth === 3 && text[value.start] === '"') ofPod.push(part)
    } else {
      names.push(name)
      if (isAnnotations(member)) {
        annotations.push({ value, members: ofPod })
        ofPod = []
      }
      if (isAnnotationName(member) && text[value.start] === '"') {
        annotationNames.push(JSON.parse(text.slice(value.start, value.end)) as string)
      }
    }
  })
  return { members, annotations, annotationNames }
}

function isAnnotations({ depth, name, path }: Member): boolean {
  return depth === 2 && name === POD_ANNOTATIONS && isStep(path()[0], 'runtimeconfig')
}

function isInAnnotations({ depth, path }: Member): boolean {
  if (depth < 3) return false
  const [first, second] = path()
  return second === POD_ANNOTATIONS && isStep(first, 'runtimeconfig')
}

/** `pod.annotation`, also that of a namespace. Members that a request brings along do not count. */
function isAnnotationName({ name, path }: Member): boolean {
  if (!isStep(name, 'annotation')) return false
  const [first] = path()
  return !['args', 'runtimeconfig', 'prevresult'].some((each) => isStep(first, each))
}

/** Names match without regard to case. */
function isStep(step: unknown, lowerCase: string): boolean {
  return String(step).toLowerCase() === lowerCase
}
