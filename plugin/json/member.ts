/** A range of a JSON text, in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A step from a JSON value to one inside it: a member's name or an index. */
export type Step = string | number

/** An item of a JSON array as it stands in the text. */
export interface Item {
  /** 1 for items and members of the outermost value. */
  readonly depth: number
  readonly value: Span
  /** The steps from the outermost value to this one. */
  path(): Step[]
}

/** A member of a JSON object as it stands in the text. */
export interface Member extends Item {
  readonly name: string
  /** Whether an earlier member of the same object has this name. */
  readonly isRepeated: boolean
  /** The offset of the name's opening quote. */
  readonly nameStart: number
}
