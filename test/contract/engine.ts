import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../helpers/netns.ts'
import { STDIN_TEXT, VARIABLE } from './cases/process.ts'
import { CONTRACT } from './cases.ts'
import { WORLD } from './world.ts'

/** An engine's results of all cases of the contract, in order. */
export function askEngine(command: readonly string[]): unknown[] {
  const root = mkdtempSync(join(tmpdir(), 'contract-'))
  for (const index of CONTRACT.keys()) makeWorld(join(root, String(index)))
  const [file = '', ...args] = command
  const { status, stdout, stderr } = run([file, ...args, root, '--é', ''], {
    input: STDIN_TEXT,
    env: { [VARIABLE]: 'é', NODE_NO_WARNINGS: '1' },
  })
  if (status !== 0 || stderr !== '') throw new Error(`${file} ended with ${status}: ${stderr}${stdout}`)
  return JSON.parse(stdout) as unknown[]
}

function makeWorld(root: string): void {
  mkdirSync(root)
  for (const [path, { text, kind = 'file', mode = 0o644 }] of Object.entries(WORLD)) {
    const place = join(root, path)
    if (kind === 'link') {
      symlinkSync(text, place)
      continue
    }
    if (kind === 'directory') mkdirSync(place)
    else if (kind === 'file') writeFileSync(place, text)
    else execFileSync('mkfifo', [place])
    chmodSync(place, mode)
  }
}
