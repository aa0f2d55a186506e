import { styleText } from 'node:util'

/** One step of the demonstration, as it is printed. */
export interface Section {
  readonly heading: string
  readonly lines: readonly string[]
  /** What should be seen, and whether it was. */
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly isGood: boolean
  readonly text: string
}

/** `text` says what is true if `isGood`, `otherwise` what is true if not. */
export function find(isGood: boolean, text: string, otherwise: string): Finding {
  return { isGood, text: isGood ? text : otherwise }
}

/** Prints a section, in colour on a terminal unless NO_COLOR is set. */
export function printSection(number: number, { heading, lines, findings }: Section): void {
  console.log(`\n${styleText('bold', `${number}. ${heading}`)}`)
  for (const line of lines) console.log(line === '' ? '' : `   ${line}`)
  for (const { isGood, text } of findings) {
    const mark = isGood ? styleText('green', 'ok    ') : styleText('red', 'FAILED')
    console.log(`   ${mark}  ${text}`)
  }
}
