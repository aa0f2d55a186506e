import { expect, test } from 'vitest'
import { COMMANDS } from '../../../../plugin/cli/commands.ts'
import { formatManPage } from '../../../../plugin/cli/man/man.ts'
import { typed } from '../../../helpers/cli.ts'

const page = formatManPage(COMMANDS)

/** The page as man shows it, without the layout. */
const shown = page.replace(/\\&/g, '').replaceAll('\\-', '-').replaceAll('\\e', '\\')

test('it is what man(7) reads: a title, the usual sections, and no line that starts with an unknown command', () => {
  expect(page.startsWith('.TH NETNS\\-SYSCTL 8 ')).toBe(true)
  const requests = [...page.matchAll(/^[.'](\w*)/gm)].map(([, request]) => request)
  expect(
    requests.filter((name) => !['TH', 'SH', 'SS', 'PP', 'TP', 'B', 'br', 'EX', 'EE'].includes(name ?? '')),
  ).toEqual([])
  const sections = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title)
  expect(sections).toEqual(['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'OPTIONS OF EVERY COMMAND', 'EXIT STATUS'])
})

test('it has the texts of the help', () => {
  for (const { name, summary, description, options, example } of COMMANDS) {
    expect(shown).toContain(`${name} - ${summary}`)
    for (const text of [...description, ...options.map(({ help }) => help), example]) expect(shown).toContain(text)
  }
})

test('it is ASCII, so that man shows it on every terminal', () => {
  expect(page.match(/[^\n -~]/g)).toBeNull()
  expect(page).toContain('[KEY|GLOB...]')
})

test('the command prints it', () => {
  expect(typed(['man'])).toMatchObject({ exitCode: 0, stdout: page, stderr: '' })
  expect(typed(['man', 'lint'])).toMatchObject({ exitCode: 2, stdout: '' })
})
