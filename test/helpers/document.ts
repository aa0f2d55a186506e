/** The JSON document on stdout; undefined if nothing was printed. There may be one, on one line that ends. */
export function parseDocument(stdout: string): unknown {
  if (stdout === '') return undefined
  if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line on stdout: ${JSON.stringify(stdout.slice(0, 1000))}`)
  return JSON.parse(stdout)
}
