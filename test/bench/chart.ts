import { LINUX, type Report } from './report.ts'
import { ADD, addOf, beside, FLOOR, gcOf, NATIVE, PEER, PKG, RECORDS, SIZES } from './rows.ts'
import { find } from './targets.ts'

/** A line through points [x, milliseconds]; `shade` is a class of {@link STYLE}. */
interface Line {
  readonly name: string
  readonly shade: string
  readonly points: readonly (readonly [number, number])[]
}

interface Plot {
  readonly title: string
  readonly ticks: readonly (readonly [number, string])[]
  readonly lines: readonly Line[]
}

const WIDTH = 760
const HEIGHT = 350
const PLOT = { width: 235, height: 240, top: 46 }
const LEFTS = [56, 436] as const

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } .note { fill: #59636e; font-size: 11px }
polyline { fill: none; stroke-width: 2 } .grid { stroke: #d1d9e0; stroke-width: 1 }
.native { stroke: #0969da } .pkg { stroke: #8250df } .peer { stroke: #bc4c00 } .floor { stroke: #8c959f; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .note { fill: #9198a1 } .grid { stroke: #3d444d } .native { stroke: #4493f8 }
.pkg { stroke: #ab7df8 } .peer { stroke: #f0883e } .floor { stroke: #9198a1 } }`

/** Draws the cost of an ADD by the number of sysctls, and of ADD and GC by the number of records; all scales are logarithmic. */
export function formatChart({ runs, isCpuTime, measured }: Report): string {
  const line = (name: string, shade: string, who: string, rows: readonly (readonly [number, string])[]): Line => {
    const points = rows.flatMap(([x, what]) => {
      const found = find(measured, what, who)
      return found === undefined ? [] : [[x, found.median] as const]
    })
    return { name, shade, points }
  }
  const bySize = SIZES.map((count) => [count, addOf(count)] as const)
  // 0 is drawn at the place of a small number: there is no logarithm of 0.
  const besideNone = [[10, ADD], ...RECORDS.map((count) => [count, beside(count)] as const)] as const
  const ofGc = RECORDS.map((count) => [count, gcOf(count)] as const)
  const plots: Plot[] = [
    {
      title: 'An ADD by its sysctls, ms',
      ticks: SIZES.map((count) => [count, String(count)]),
      lines: [
        line('pkg', 'pkg', PKG, bySize),
        line('native', 'native', NATIVE, bySize),
        line('tuning (Go)', 'peer', PEER, bySize),
        line('C floor', 'floor', FLOOR, bySize),
      ],
    },
    {
      title: 'ADD of 3 and GC by the records there are, ms',
      ticks: [[10, 'none'], ...RECORDS.map((count) => [count, count.toLocaleString('en')] as const)],
      lines: [
        line('GC, native', 'pkg', NATIVE, ofGc),
        line('GC, C floor', 'floor', FLOOR, ofGc),
        line('ADD, native', 'native', NATIVE, besideNone),
      ],
    },
  ]
  const note = `npm run bench: medians of ${runs} interleaved rounds of whole processes${isCpuTime ? ' CPU time' : ''}, Linux ${LINUX}. Both scales are logarithmic.`
  const drawn = plots.map((plot, index) => drawPlot(plot, LEFTS[index] ?? 0))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
<title>${note}</title>
<style>${STYLE}</style>
${drawn.join('\n')}
<text class="note" x="8" y="${HEIGHT - 10}">${note}</text>
</svg>
`
}

function drawPlot({ title, ticks, lines }: Plot, left: number): string {
  const amounts = lines.flatMap(({ points }) => points.map(([, amount]) => amount))
  const lowest = Math.floor(Math.log10(Math.min(...amounts)))
  const highest = Math.ceil(Math.log10(Math.max(...amounts)))
  const [first = 1, last = 1] = [ticks[0]?.[0], ticks.at(-1)?.[0]]
  const toX = (x: number) => left + (Math.log(x / first) / Math.log(last / first)) * PLOT.width
  const toY = (amount: number) => PLOT.top + ((highest - Math.log10(amount)) / (highest - lowest || 1)) * PLOT.height
  const decades = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index))
  const grid = decades.map(
    (amount) =>
      `<path class="grid" d="M${left} ${at(toY(amount))}h${PLOT.width}"/><text x="${left - 6}" y="${at(toY(amount) + 4)}" text-anchor="end">${Number(amount.toPrecision(1))}</text>`,
  )
  const labels = ticks.map(
    ([x, text]) => `<text x="${at(toX(x))}" y="${PLOT.top + PLOT.height + 18}" text-anchor="middle">${text}</text>`,
  )
  const drawn = lines.filter(({ points }) => points.length > 0)
  const ends = spread(drawn.map(({ points }) => toY(points.at(-1)?.[1] ?? 1)))
  return [
    `<text class="title" x="${left - 40}" y="22">${title}</text>`,
    ...grid,
    ...labels,
    ...drawn.map(({ name, shade, points }, index) => {
      const path = points.map(([x, amount]) => `${at(toX(x))},${at(toY(amount))}`).join(' ')
      return `<polyline class="${shade}" points="${path}"/><text x="${left + PLOT.width + 6}" y="${at((ends[index] ?? 0) + 4)}">${name}</text>`
    }),
  ].join('\n')
}

function at(place: number): string {
  return place.toFixed(1)
}

const LINE_HEIGHT = 14

/** Moves names down until none covers another. */
function spread(places: readonly number[]): number[] {
  const moved = [...places]
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))
  let free = Number.NEGATIVE_INFINITY
  for (const index of order) {
    moved[index] = Math.max(moved[index] ?? 0, free)
    free = (moved[index] ?? 0) + LINE_HEIGHT
  }
  return moved
}
