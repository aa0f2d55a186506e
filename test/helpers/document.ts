/** The JSON document on stdout; undefined if nothing was printed. It must be one complete line. */
export function parseDocument(stdout: string): unknown {
  if (stdout === '') return undefined
  if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line on stdout: ${JSON.stringify(stdout.slice(0, 1000))}`)
  return JSON.parse(stdout)
}
