import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { createNetns, type Netns } from '../helpers/netns.ts'
import { type, typeUnprivileged } from '../helpers/operator.ts'
import { connect, endServers, startBlockedServer, startNginx } from '../helpers/servers.ts'
import { writeSysctls } from '../helpers/sysctls.ts'

interface Shown {
  readonly somaxconn: number
  readonly listenOverflows: number
  readonly queues: readonly {
    readonly address: string
    readonly process: { readonly pid: number; readonly name: string } | null
    readonly waiting: number
    readonly limit: number
    readonly dropped: number
    readonly droppedMeanwhile: number | null
    readonly state: string
    readonly cause: string
    readonly reasons: readonly string[]
  }[]
}

let pod: Netns
beforeEach(async () => {
  pod = await createNetns()
  pod.inside(['ip', 'link', 'set', 'lo', 'up'])
  writeSysctls(pod, { 'net/core/somaxconn': '4096' })
})
afterEach(async () => {
  await endServers()
  await pod.close()
})

/** The output of queues for the netns. */
function look(...args: string[]) {
  const { status, stdout, stderr } = type(['queues', '--netns', pod.path, '--json', ...args])
  const { containers } = JSON.parse(stdout) as { containers: readonly Shown[] }
  return { status, stderr, ...(containers[0] as Shown) }
}

describe('a server whose queue is too short', () => {
  test('has asked for less than somaxconn itself: nginx', async () => {
    const { pid } = await startNginx(pod, '127.0.0.1:8080')
    const { status, queues } = look()
    expect([status, queues]).toEqual([
      0,
      [
        {
          address: '127.0.0.1:8080',
          process: { pid, name: 'nginx' },
          waiting: 0,
          limit: 511,
          dropped: 0,
          droppedMeanwhile: null,
          state: 'fine',
          cause: 'server',
          reasons: [
            'nginx asks for 511 itself, its default: set backlog=N at "listen"; net.core.somaxconn (4096) would let more wait',
          ],
        },
      ],
    ])
  })

  test('was cut by somaxconn, and has to be restarted after that is raised', async () => {
    writeSysctls(pod, { 'net/core/somaxconn': '128' })
    const server = await startNginx(pod, '127.0.0.1:8080')
    const cut = look()
    expect([cut.status, cut.queues[0]?.cause, cut.queues[0]?.reasons]).toEqual([
      1,
      'cut',
      ['cut by net.core.somaxconn (128): nginx asks for 511 unless told otherwise; raise that, then restart it'],
    ])
    writeSysctls(pod, { 'net/core/somaxconn': '4096' })
    const raised = look()
    expect(raised.queues[0]).toMatchObject({ limit: 128, cause: 'server-or-old-value' })
    expect(raised.queues[0]?.reasons).toEqual([
      'either nginx asks for 128 itself: set backlog=N at "listen"; or it listened while net.core.somaxconn was 128: then restart it',
    ])
    await server.end()
    await startNginx(pod, '127.0.0.1:8080 backlog=4096')
    expect(look()).toMatchObject({ status: 0, queues: [{ limit: 4096, cause: 'somaxconn' }] })
  })

  test('overflows: nginx that stands still', async () => {
    const { pid } = await startNginx(pod, '127.0.0.1:8080 backlog=5')
    process.kill(pid, 'SIGSTOP')
    await connect(pod, 8080, 20)
    const { status, stdout } = type(['queues', '--netns', pod.path])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^ +6 +5 +\d+ {2}127\.0\.0\.1:8080 {2}nginx \d+$/m)
    expect(stdout).toContain('    full now: it accepts too slowly, or a burst has come; --interval 5 tells\n')
    expect(stdout).toMatch(/net\.core\.somaxconn 4096, ListenOverflows [1-9]\d*, ListenDrops [1-9]\d*\n/)
  })

  test('accepts too slowly: a loop that is blocked', async () => {
    const { pid } = await startBlockedServer(pod, 8081, 5)
    await connect(pod, 8081, 20)
    const { status, queues, listenOverflows } = look('--interval', '3')
    expect(status).toBe(1)
    expect(queues).toMatchObject([
      { address: '127.0.0.1:8081', process: { pid, name: 'node' }, waiting: 6, limit: 5, state: 'overflowing' },
    ])
    // The connections try again after 1 s.
    expect(queues[0]?.droppedMeanwhile).toBeGreaterThan(0)
    expect(queues[0]?.dropped).toBe(listenOverflows)
    expect(queues[0]?.reasons[0]).toMatch(/^it accepts too slowly: full before and after, \d+ dropped in [\d.]+ s; /)
    expect(queues[0]?.reasons[1]).toContain('Node.js asks for 5 itself: set backlog: N at server.listen()')
  })
})

test('IPv6 is shown too, and other netnses are looked at from the same place', async () => {
  const other = await createNetns()
  try {
    await startNginx(pod, '[::1]:8080 backlog=100')
    const args = [pod, other, pod].flatMap(({ path }) => ['--netns', path])
    const { containers } = JSON.parse(type(['queues', '--json', ...args]).stdout) as { containers: readonly Shown[] }
    expect(containers.map(({ queues }) => queues.map(({ address }) => address)).sort()).toEqual([[], ['[::1]:8080']])
  } finally {
    await other.close()
  }
})

test('every container of the node is found by its processes', async () => {
  const { pid } = await startNginx(pod, '127.0.0.1:8080')
  const { status, stdout } = type(['queues'])
  expect(status).not.toBe(2)
  expect(stdout).toMatch(new RegExp(`^ +0 +511 +0 {2}127\\.0\\.0\\.1:8080 +nginx ${pid}$`, 'm'))
})

test('--watch shows it again and again, and ends at SIGTERM', async () => {
  await startNginx(pod, '127.0.0.1:8080')
  const child = spawn(EXECUTABLE, ['queues', '--netns', pod.path, '--watch', '--interval', '0.2'], {
    env: { ...process.env, CNI_COMMAND: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  const countLooks = () => stdout.split('127.0.0.1:8080').length - 1
  for (let waited = 0; countLooks() < 3 && waited < 30_000; waited += 20) await sleep(20)
  child.kill('SIGTERM')
  const [code] = (await once(child, 'close')) as [number | null]
  expect([code, countLooks() >= 3]).toEqual([0, true])
})

test('others than root are told so', () => {
  const { status, stderr } = typeUnprivileged(['queues', '--netns', pod.path])
  expect(status).toBe(2)
  expect(stderr).toMatch(/^netns-sysctl: .*: permission denied; run it as root \((EACCES|EPERM)\)\n$/)
})
