import type { Os } from '../os/os.ts'

/** Colours for a terminal; each leaves the text as it is where there is none. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

/** When text is coloured; `auto`: where stdout is a terminal that has colours and NO_COLOR (no-color.org) is not set. */
export const WHENS = ['auto', 'always', 'never'] as const

export function createPaint(os: Pick<Os, 'isTerminal' | 'getenv'>, when: (typeof WHENS)[number] = 'auto'): Paint {
  const isColoured = when === 'auto' ? hasColours(os) : when === 'always'
  const paint = (code: number) => (text: string) =>
    isColoured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  return { bold: paint(1), dim: paint(2), red: paint(31), yellow: paint(33), green: paint(32) }
}

function hasColours(os: Pick<Os, 'isTerminal' | 'getenv'>): boolean {
  return (os.getenv('NO_COLOR') ?? '') === '' && os.getenv('TERM') !== 'dumb' && os.isTerminal()
}
