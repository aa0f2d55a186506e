/** A range of a JSON text, in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A step from a JSON value to one inside it: a member's name or an index. */
export type Step = string | number

/** An item of a JSON array as it stands in the text. */
export interface Item {
  /** 1 for what is in the outermost value. */
  readonly depth: number
  readonly value: Span
  /** The way from the outermost value to this one. */
  path(): Step[]
}

/** A member of a JSON object as it stands in the text. */
export interface Member extends Item {
  readonly name: string
  /** Whether the same object had a member of this name before. */
  readonly isRepeated: boolean
  /** Where the name's opening quote stands. */
  readonly nameStart: number
}
