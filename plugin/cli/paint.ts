import type { Os } from '../os/os.ts'

/** Colours for a terminal; each leaves the text as it is where there is none. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

/** Colours only where stdout is a terminal that has them and NO_COLOR (no-color.org) is not set. */
export function createPaint(os: Pick<Os, 'isTerminal' | 'getenv'>): Paint {
  const isColoured = (os.getenv('NO_COLOR') ?? '') === '' && os.getenv('TERM') !== 'dumb' && os.isTerminal()
  const paint = (code: number) => (text: string) =>
    isColoured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  return { bold: paint(1), dim: paint(2), red: paint(31), yellow: paint(33), green: paint(32) }
}
