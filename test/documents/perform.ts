import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { allBlocks, type Block, inlineCommands, ROOT } from './blocks.ts'
import { HOME, webConflist } from './node.ts'
import { reasonNotToRun } from './not-run.ts'
import { prepare } from './stages.ts'

// node test/documents/perform.ts NUMBER|inline: runs the commands of a block, or those within sentences, in a sandbox
// that is this process's own, and prints as JSON the output and the exit code of each.

const TIMEOUT_MS = 60_000

/** Placeholders within sentences, for words of the reader's. */
const PLACEHOLDERS = { KEY: 'net.core.somaxconn', PID: String(process.pid), FACTS: 'facts.json' }

// A command may write only where the sandbox has folders of its own.
const { status: code } = spawnSync('mount', ['-n', '-o', 'remount,bind,ro', '/'], { stdio: 'inherit' })
if (code !== 0) throw new Error('/ cannot be made read-only')

const block = process.argv[2] === 'inline' ? inlineBlock() : allBlocks()[Number(process.argv[2])]
if (block === undefined) throw new Error('there is no such block')
const stage = await prepare(block)
const names = Object.entries(stage.names ?? {})
const ran = block.steps.map(({ command }) => {
  if (reasonNotToRun(command) !== undefined) return undefined
  const here = names.reduce((text, [name, value]) => text.replaceAll(name, value), command)
  const enter = stage.pid === undefined ? [] : ['nsenter', `--net=/proc/${stage.pid}/ns/net`]
  const [file = '', ...args] = [...enter, 'bash', '-c', `exec 2>&1\n${here}`]
  const { stdout, status } = spawnSync(file, args, {
    cwd: stage.cwd ?? '/run/home',
    env: { HOME: '/run/home', PATH: `/opt/cni/bin:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  return { status, output: names.reduce((text, [name, value]) => text.replaceAll(value, name), stdout) }
})
console.log(JSON.stringify(ran))
// Processes of the stage end with the sandbox.
process.exit(0)

/** For a command without arguments, its help is printed. */
function inlineBlock(): Block {
  const facts = JSON.parse(readFileSync(`${ROOT}/conf-examples/facts/linux-6.1.176.json`, 'utf8')) as object
  const conflist = { path: '/etc/cni/net.d/10-web.conflist', text: JSON.stringify(webConflist({ sysctl: {} })) }
  writeFileSync(`${HOME}/facts.json`, JSON.stringify({ ...facts, conflist }))
  const steps = inlineCommands().map((command) => {
    const words = command.split(' ').map((word) => PLACEHOLDERS[word as keyof typeof PLACEHOLDERS] ?? word)
    return { command: words.length > 2 || command.includes(' --') ? words.join(' ') : `${command} --help` }
  })
  return { page: '', line: 0, steps }
}
