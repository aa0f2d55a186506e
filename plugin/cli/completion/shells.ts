import type { CliCommand } from '../command.ts'
import { COMMON_OPTIONS } from '../common.ts'
import type { Option } from '../options.ts'

/** The script for bash (bash(1), "Programmable Completion"). */
export function formatBash(commands: readonly CliCommand[]): string {
  const cases = commands.map((command) => `    ${command.name}) words='${optionsOf(command).map(nameOf).join(' ')}' ;;`)
  return `_netns_sysctl() {
  local word=\${COMP_WORDS[COMP_CWORD]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$word")
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}
complete -o filenames -F _netns_sysctl netns-sysctl
`
}

/** The script for zsh (zshcompsys(1)). */
export function formatZsh(commands: readonly CliCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`)
  const cases = commands.map((command) => {
    const specs = optionsOf(command).map((option) => `      ${quote(formatZshOption(option))} \\`)
    return `    ${command.name}) _arguments \\\n${specs.join('\n')}\n      '*:file:_files' ;;`
  })
  return `#compdef netns-sysctl
_netns_sysctl() {
  local -a names
  names=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command names
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join('\n')}
  esac
}
compdef _netns_sysctl netns-sysctl
`
}

/** The script for fish (fish's complete(1)). */
export function formatFish(commands: readonly CliCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c netns-sysctl -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
    ...optionsOf(command).map((option) => {
      const takesValue = option.value === undefined ? '' : ' -r'
      const name = option.name.slice(2)
      const where = quote(`__fish_seen_subcommand_from ${command.name}`)
      return `complete -c netns-sysctl -n ${where} -l ${name}${takesValue} -d ${quote(option.help)}`
    }),
  ])
  return lines.map((line) => `${line}\n`).join('')
}

function optionsOf({ options }: CliCommand): readonly Option[] {
  return [...options, ...COMMON_OPTIONS]
}

function nameOf({ name }: Option): string {
  return name
}

/** `*--sysctl=[A sysctl of the entry]:KEY=VALUE:_files` */
function formatZshOption({ name, value, isRepeatable, help }: Option): string {
  const quoteSpec = (text: string) => text.replace(/[[\]:\\]/g, '\\$&')
  const head = `${isRepeatable ? '*' : ''}${name}`
  return value === undefined ? `${head}[${quoteSpec(help)}]` : `${head}=[${quoteSpec(help)}]:${quoteSpec(value)}:_files`
}

/** A word for a POSIX shell or fish. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
