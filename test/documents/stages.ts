import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Block, ROOT } from './blocks.ts'
import { DRAFT, FORWARDING, NEWER_KERNEL } from './faulty.ts'
import {
  copyPlugin,
  HOME,
  pidOf,
  prepareFlannel,
  prepareNode,
  type Stage,
  startPod,
  webConflist,
  writeConflist,
} from './node.ts'
import { prepareQueues } from './queues.ts'
import { prepareRelease } from './release.ts'
import { prepareApply, prepareStatus } from './status.ts'

/** What a block's commands need, by the start of the first command or of its output. By default: a network of Flannel. */
const STAGES: readonly (readonly [start: string, prepare: () => Stage | Promise<Stage>])[] = [
  ['./netns-sysctl install', prepareUnpacked],
  ['cat /proc/sys/net/core/somaxconn', prepareContainer],
  ['cat /run/cni/netns-sysctl', prepareRecord],
  ['sha256sum', prepareRelease],
  ['netns-sysctl diff', prepareDiff],
  ['netns-sysctl lint draft.conflist', () => prepareFile('draft.conflist', DRAFT)],
  ['netns-sysctl lint /etc/cni/net.d', prepareForwarding],
  ['netns-sysctl lint --node', () => prepareFile('10-web.conflist', NEWER_KERNEL)],
  ['for facts in nodes/', prepareRepository],
  ['netns-sysctl queues', prepareQueues],
  ['netns-sysctl status', prepareStatus],
  ['netns-sysctl apply', prepareApply],
  ['netns-sysctl import', prepareSysctlD],
  ['netns-sysctl install --import', prepareSysctlD],
  ['/opt/cni/bin/netns-sysctl uninstall', prepareInstalled],
  ['netns-sysctl uninstall --into /etc/cni/net.d/10-flannel.conflist\nnetns-sysctl: a watcher', prepareWatched],
  ['netns-sysctl uninstall', prepareInstalled],
  ['npm ci && npm run build:native', prepareProject],
]

/** Prepares this sandbox for the commands of a block. */
export async function prepare({ steps: [first] }: Block): Promise<Stage> {
  const node = prepareNode()
  const [, prepareMore] = STAGES.find(([start]) => `${first?.command}\n${first?.shown}`.startsWith(start)) ?? []
  const { names, ...more } = await (prepareMore ?? prepareFlannel)()
  return { ...node, ...more, names: { ...node.names, ...names } }
}

/** A container of the network with which the README begins. */
async function prepareContainer(): Promise<Stage> {
  const [, text = ''] =
    /^```json\n(\{\n {2}"cniVersion".*?)^```$/ms.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? []
  const { plugins } = JSON.parse(text) as { plugins: { type: string }[] }
  const netns = await startPod('default', 'web', 'c1', ...plugins.filter(({ type }) => type === 'netns-sysctl'))
  return { pid: pidOf(netns) }
}

async function prepareRecord(): Promise<Stage> {
  await startPod('default', 'web', 'c1', { sysctl: { 'net.core.somaxconn': 16384 } })
  return {}
}

/** A container with the port range, but with another somaxconn. */
async function prepareDiff(): Promise<Stage> {
  const netns = await startPod('shop', 'web', 'c1', { sysctl: { 'net.ipv4.ip_local_port_range': '1024 65535' } })
  const sysctl = { 'net.core.somaxconn': 16384, 'net.ipv4.ip_local_port_range': '1024 65535' }
  writeConflist('10-web.conflist', webConflist({ sysctl }))
  return { names: { 4711: String(pidOf(netns)) } }
}

/** A file in the user's folder, and the facts of conf-examples. */
function prepareFile(name: string, text: string): Stage {
  writeFileSync(join(HOME, name), text)
  cpSync(join(ROOT, 'conf-examples/facts'), join(HOME, 'facts'), { recursive: true })
  return {}
}

/** What an administrator may have in sysctl.d, and a network of Flannel. */
function prepareSysctlD(): Stage {
  const lines = [
    'net.core.somaxconn = 16384',
    '-net.ipv4.tcp_keepalive_time = 60',
    'net.core.rmem_max = 8388608',
    'net.ipv4.conf.all.rp_filter = 2',
    'net.ipv4.tcp_tw_recycle = 1',
    'vm.swappiness = 10',
  ]
  rmSync('/etc/sysctl.d', { recursive: true, force: true })
  mkdirSync('/etc/sysctl.d')
  writeFileSync('/etc/sysctl.d/90-node.conf', `${lines.join('\n')}\n`)
  return prepareFlannel()
}

/** A node with a watcher, which ends with the sandbox. */
async function prepareWatched(): Promise<Stage> {
  const stage = prepareInstalled()
  const state = join(HOME, 'state')
  mkdirSync(state)
  const options = ['install', '--watch', '--state-dir', state, '--sysctl', 'net.core.somaxconn=16384']
  const { pid } = spawn('/opt/cni/bin/netns-sysctl', options, { stdio: 'ignore' })
  for (let waited = 0; !existsSync(join(state, 'ready')); waited += 50) {
    if (waited > 30_000) throw new Error('the watcher does not get ready')
    await sleep(50)
  }
  return { ...stage, names: { 'process 4711': `process ${pid}`, 'kill 4711': `kill ${pid}` } }
}

/** A repository with facts and conflists. */
function prepareRepository(): Stage {
  cpSync(join(ROOT, 'conf-examples/facts'), join(HOME, 'nodes'), { recursive: true })
  mkdirSync(join(HOME, 'cni'))
  cpSync(join(ROOT, 'conf-examples/web-server.conflist'), join(HOME, 'cni/web-server.conflist'))
  return {}
}

/** A node on which the plugin is in the conflist. */
function prepareInstalled(): Stage {
  return prepareFlannel({ sysctl: { 'net.core.somaxconn': 16384 } })
}

/** A new node, and the executable in the user's folder. */
function prepareUnpacked(): Stage {
  rmSync('/opt/cni/bin/netns-sysctl')
  copyPlugin(HOME)
  return prepareFlannel()
}

function prepareForwarding(): Stage {
  writeConflist('10-web.conflist', FORWARDING)
  return {}
}

/** This project, in a writable folder. */
function prepareProject(): Stage {
  const cwd = join(HOME, 'project')
  cpSync(join(ROOT, 'conf-examples'), join(cwd, 'conf-examples'), { recursive: true })
  return { cwd }
}
