import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..')

/** A command of a document. */
export interface Step {
  readonly command: string
  /** What the document shows under it; undefined if it shows nothing: then it must end with exit code 0. */
  readonly shown?: string
}

/** A block of commands; each runs in its own shell, in the same folder. */
export interface Block {
  /** From the project's folder, as `docs/commands.md`. */
  readonly page: string
  readonly line: number
  readonly steps: readonly Step[]
}

/** Every block of commands in README.md, CONTRIBUTING.md, SECURITY.md and the pages of docs and conf-examples. */
export function allBlocks(): Block[] {
  return allPages().flatMap(({ page, text }) => blocksOf(page, text))
}

/** Every command of the plugin within a sentence, with its placeholders: `netns-sysctl explain KEY`. */
export function inlineCommands(): string[] {
  const prose = allPages().map(({ text }) => text.replace(/^```.*?^```$/gms, ''))
  const commands = prose.flatMap((text) => [...text.matchAll(/`(netns-sysctl -?-?[a-z][^`]*)`/g)])
  return [...new Set(commands.map(([, command = '']) => command.replace(/\s+/g, ' ')))]
}

function allPages(): { readonly page: string; readonly text: string }[] {
  const pages = ['', 'docs', 'conf-examples'].flatMap((folder) => pagesOf(folder))
  return pages.map((page) => ({ page, text: readFileSync(join(ROOT, page), 'utf8') }))
}

/** The changelog has commands of earlier versions. */
function pagesOf(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
  return names.map((name) => join(folder, name))
}

/** The blocks ```sh and ```console of a page. */
export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```(sh|bash|shell|console)\n(.*?)^```$/gms)].map(([, language, content = ''], index) => {
    const { index: start = 0 } = [...text.matchAll(/^```(?:sh|bash|shell|console)\n/gm)][index] ?? {}
    const line = text.slice(0, start).split('\n').length
    return { page, line, steps: language === 'console' ? parseConsole(content) : parseScript(content) }
  })
}

/** A `$ ` at the start of a line is the prompt; what is below is what was printed. */
function parseConsole(content: string): Step[] {
  return content
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...rest] = joinLines(part).split('\n')
      return { command, shown: rest.join('\n').trim() }
    })
}

function parseScript(content: string): Step[] {
  const commands = joinLines(content)
    .split('\n')
    .map((line) => line.replace(/(^|\s+)# .*/, '').trim())
  return commands.filter((command) => command !== '').map((command) => ({ command }))
}

/** A line that ends with a backslash goes on in the next one. */
function joinLines(text: string): string {
  return text.replace(/\s*\\\n\s*/g, ' ')
}
