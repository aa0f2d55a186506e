/** Lines of aligned columns, two blanks between them; `style` paints a cell after it was padded. */
export function formatTable(
  rows: readonly (readonly string[])[],
  style: (cell: string, row: number, column: number) => string = (cell) => cell,
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  const lines = rows.map((row, rowIndex) =>
    row
      .map((cell, column) => {
        const padding = column === row.length - 1 ? 0 : (widths[column] ?? 0) - widthOf(cell)
        return style(cell, rowIndex, column) + ' '.repeat(padding)
      })
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => `${line}\n`).join('')
}

/** A value of /proc/sys as a cell: its tabs as blanks, `-` if there is none. */
export function formatValue(value: string | null): string {
  return value === null ? '-' : value.replace(/\s+/g, ' ')
}

function widthOf(text: string): number {
  return [...text].length
}
