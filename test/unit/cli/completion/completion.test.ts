import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../../plugin/cli/commands.ts'
import { typed } from '../../../helpers/cli.ts'

const NAMES = COMMANDS.map(({ name }) => name)

/** Bash's offers for a line of words; the last word is incomplete. */
function completeInBash(words: readonly string[]): string[] {
  const script = `${typed(['completion', 'bash']).stdout}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_netns_sysctl; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    cwd: '/proc/self',
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter((line) => line !== '')
}

describe('bash completes', () => {
  test('commands', () => {
    expect(completeInBash(['netns-sysctl', ''])).toEqual(NAMES)
    expect(completeInBash(['netns-sysctl', 'un'])).toEqual(['uninstall'])
  })

  test('the options of a command, and those of every command', () => {
    expect(completeInBash(['netns-sysctl', 'diff', '--'])).toEqual([
      '--netns',
      '--pid',
      '--ifname',
      '--namespace',
      '--profile',
      '--json',
      '--quiet',
      '--color',
      '--help',
    ])
  })

  test('files', () => {
    expect(completeInBash(['netns-sysctl', 'lint', 'statu'])).toEqual(['status'])
  })
})

test.each(['zsh', 'fish'])(
  'the script for %s has every command and every option, in the words of the help',
  (shell) => {
    const { exitCode, stdout } = typed(['completion', shell])
    expect(exitCode).toBe(0)
    for (const { name, options } of COMMANDS) {
      expect(stdout).toContain(name)
      for (const { name: option, help } of options) {
        expect(stdout).toContain(shell === 'fish' ? `-l ${option.slice(2)}` : option)
        expect(stdout.replaceAll('\\', '').replaceAll(`'"'"'`, "'")).toContain(help)
      }
    }
  },
)
