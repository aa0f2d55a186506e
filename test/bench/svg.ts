import { LINUX, type Report } from './report.ts'
import { ADD, addOf, atOnce, FLOOR, MEMORY, NATIVE, PEER, PKG } from './rows.ts'
import { find } from './targets.ts'

/** One bar: its label, its length, and the text at its end. */
interface Bar {
  readonly name: string
  readonly amount: number
  readonly text: string
}

interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 760
const COLUMN = WIDTH / 2
const NAME_WIDTH = 120
const BAR_WIDTH = 170
const BAR_HEIGHT = 16
const LINE = 22
const TITLE = 34

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } .bar { fill: #8c959f }
.own { fill: #0969da } .note { fill: #59636e; font-size: 11px }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .own { fill: #4493f8 } .note { fill: #9198a1 } }`

/** Draws the chart for the documents: four panels of bars, each with its own scale. */
export function formatSvg(report: Report): string {
  const panels = createPanels(report)
  const heights = panels.map(({ bars }) => TITLE + bars.length * LINE)
  const rowHeight = Math.max(...heights) + 10
  const height = Math.ceil(panels.length / 2) * rowHeight + 24
  const drawn = panels.map((panel, index) => drawPanel(panel, (index % 2) * COLUMN, Math.floor(index / 2) * rowHeight))
  const note = `npm run bench: medians of ${report.runs} interleaved rounds of whole processes${report.isCpuTime ? ' CPU time' : ''}, Linux ${LINUX}. Shorter is better.`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${note}</title>
<style>${STYLE}</style>
${drawn.join('\n')}
<text class="note" x="8" y="${height - 8}">${note}</text>
</svg>
`
}

function createPanels({ measured }: Report): Panel[] {
  const panel = (title: string, what: string, digits: number): Panel => ({
    title,
    bars: [NATIVE, PKG, PEER, FLOOR].flatMap((name) => {
      const found = find(measured, what, name)
      return found === undefined ? [] : [{ name, amount: found.median, text: found.median.toFixed(digits) }]
    }),
  })
  return [
    panel('ADD of 3 sysctls, ms', ADD, 2),
    panel('its memory, MB', MEMORY, 1),
    panel('ADD of 100 sysctls, ms', addOf(100), 2),
    panel('64 containers at once, ms', atOnce(64), 0),
  ]
}

function drawPanel({ title, bars }: Panel, left: number, top: number): string {
  const most = Math.max(...bars.map(({ amount }) => amount))
  const drawn = bars.map(({ name, amount, text }, index) => {
    const y = top + TITLE + index * LINE
    const width = Math.max(1, (amount / most) * BAR_WIDTH)
    const start = left + 8 + NAME_WIDTH
    const kind = index < 2 ? 'bar own' : 'bar'
    return `<text x="${start - 8}" y="${y + 12}" text-anchor="end">${name}</text>
<rect class="${kind}" x="${start}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>
<text x="${(start + width + 6).toFixed(1)}" y="${y + 12}">${text}</text>`
  })
  return [`<text class="title" x="${left + 8}" y="${top + 22}">${title}</text>`, ...drawn].join('\n')
}
