import type { Os } from '../os/os.ts'
import { visible } from '../os/visible.ts'

/** Colours for a terminal; without a terminal the text stays unchanged. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

/** When text is coloured; `auto`: if stdout is a terminal with colours and NO_COLOR (no-color.org) is not set. */
export const WHENS = ['auto', 'always', 'never'] as const

/** Colours for a report, and a function that makes its text safe for a terminal, even if strangers wrote parts of it. */
export interface Painter {
  readonly paint: Paint
  /** Shows every control character but those of `paint`; without colours if the text has control characters of its own. */
  readonly show: (text: string) => string
}

/** How a colour starts and ends. */
const MARK = /(\u001b\[(?:0|1|2|31|32|33)m)/

export function createPainter(os: Pick<Os, 'isTerminal' | 'getenv'>, when: (typeof WHENS)[number] = 'auto'): Painter {
  const isColoured = when === 'auto' ? hasColours(os) : when === 'always'
  let marks = 0
  const colour = (code: number) => (text: string) => {
    if (!isColoured || text === '') return text
    marks += 2
    return `\u001b[${code}m${text}\u001b[0m`
  }
  return {
    paint: { bold: colour(1), dim: colour(2), red: colour(31), yellow: colour(33), green: colour(32) },
    show(text) {
      if (marks === 0) return visible(text)
      const parts = text.split(MARK)
      const areOurs = parts.length === 2 * marks + 1
      return parts.map((part, index) => (index % 2 === 0 ? visible(part) : areOurs ? part : '')).join('')
    },
  }
}

function hasColours(os: Pick<Os, 'isTerminal' | 'getenv'>): boolean {
  return (os.getenv('NO_COLOR') ?? '') === '' && os.getenv('TERM') !== 'dumb' && os.isTerminal()
}
