// Prints how Go's tuning plugin and this one behave, as a Markdown table:
// node test/tuning/compare.ts [--peer FILE] [--name NAME] [--plugin FILE]
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { BEHAVIOURS } from './all-behaviours.ts'
import { observe } from './behaviour.ts'

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: '/usr/lib/cni/tuning' },
    name: { type: 'string' },
    plugin: { type: 'string', default: EXECUTABLE },
  },
})

if (existsSync(values.peer)) await compare(values.peer, values.plugin)
else {
  console.error(`compare.ts: there is no ${values.peer}: install containernetworking-plugins, or give --peer FILE`)
  process.exitCode = 2
}

async function compare(peer: string, plugin: string): Promise<void> {
  // The plugins' leftovers are below the folder that tmpdir() is from now on.
  const folder = mkdtempSync(join(tmpdir(), 'compare-'))
  process.env.TMPDIR = folder
  try {
    console.log(`| | ${values.name ?? nameOf(peer)} | netns-sysctl |\n|---|---|---|`)
    for (const behaviour of BEHAVIOURS) {
      const cells = [behaviour.name, await observe(peer, behaviour), await observe(plugin, behaviour)]
      console.log(`| ${cells.map(escapeCell).join(' | ')} |`)
    }
  } finally {
    // tuning makes folders of mode 0600, which only root can look into.
    run(['chmod', '-R', 'u+rwX', folder])
    rmSync(folder, { recursive: true })
  }
}

/** From `CNI tuning plugin v1.1.1`, which a plugin prints on stderr without a command; Debian's has no version. */
function nameOf(peer: string): string {
  const { stderr } = run([peer], { env: { CNI_COMMAND: '' } })
  const [, name = peer, version = ''] = /CNI (\S+) plugin (?:v([\d.]+))?/.exec(stderr) ?? []
  return `${name} ${version}`.trim()
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|')
}
