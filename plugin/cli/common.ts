import type { Option } from './options.ts'

/** The options that every command has. */
export const COMMON_OPTIONS = [
  { name: '--json', help: 'Print JSON, errors too' },
  { name: '--quiet', help: 'Print no result: the exit code tells' },
  { name: '--color', value: 'WHEN', help: 'Colours: always, never, or auto, which is on a terminal only' },
  { name: '--help', help: 'Print this' },
] as const satisfies readonly Option[]
