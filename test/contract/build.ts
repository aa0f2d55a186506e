import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from '../helpers/netns.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Compiles the contract with the QuickJS engine, as the plugin is; the path of the executable. */
export function buildContract(): string {
  const output = join(mkdtempSync(join(tmpdir(), 'contract-')), 'contract')
  const options = ['--native', '--entry', 'test/contract/quickjs.ts', '--out', relative(ROOT, output)]
  const { status, stderr } = run([process.execPath, join(ROOT, 'build.mjs'), ...options])
  if (status !== 0) throw new Error(stderr)
  return output
}
