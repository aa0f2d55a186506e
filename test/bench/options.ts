import { parseArgs } from 'node:util'

/** The options of a run of the benchmark. */
export interface Options {
  readonly runs: number
  readonly rows: readonly string[]
  readonly without: readonly string[]
  readonly peer: string | undefined
  readonly json: string | undefined
  readonly svg: string | undefined
  readonly isCpuTime: boolean
  readonly isBuilt: boolean
  readonly isList: boolean
  readonly isHelp: boolean
}

export const HELP = `npm run bench -- [options]: measures whole processes, side by side in one run. Takes about ten minutes for 100 rounds.

  --runs N        rounds that count (100); each has every row once, in a new random order
  --rows TEXT     only rows that have TEXT in their name; may be given more than once
  --without NAME  leaves a column out: native, pkg, tuning, floor; may be given more than once
  --peer FILE     Go's tuning (/usr/lib/cni/tuning, where there is one)
  --json FILE     writes all that was measured to FILE, too
  --svg FOLDER    draws bench.svg and cost.svg in FOLDER
  --cpu           measures the time of CPUs instead of a clock's: for a machine that has other work to do
  --no-build      measures what is in dist/ instead of building both executables first
  --list          prints the names of the rows and measures nothing
  --help          prints this

For a first look: npm run bench -- --runs 5 --without pkg --rows 'ADD, 3'`

/** Throws an Error that names the invalid option. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      runs: { type: 'string', default: '100' },
      rows: { type: 'string', multiple: true, default: [] },
      without: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string' },
      json: { type: 'string' },
      svg: { type: 'string' },
      cpu: { type: 'boolean', default: false },
      build: { type: 'boolean', default: true },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { rows, without, peer, json, svg } = values
  const runs = Number(values.runs)
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`--runs ${values.runs}: must be a whole number above 0`)
  const flags = { isCpuTime: values.cpu, isBuilt: !values.build, isList: values.list, isHelp: values.help }
  return { runs, rows, without, peer, json, svg, ...flags }
}
