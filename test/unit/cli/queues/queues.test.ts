import { describe, expect, test } from 'vitest'
import { type Container, listContainers } from '../../../../plugin/cli/node/containers.ts'
import { lookInto } from '../../../../plugin/cli/queues/look.ts'
import { formatRecord } from '../../../../plugin/state/record.ts'
import { type Machine, typed } from '../../../helpers/cli.ts'
import { type FakeContainer, nodeWith } from '../../../helpers/fake-node.ts'
import { createFakeOs } from '../../../helpers/fake-os.ts'
import { fakeSocket } from '../../../helpers/fake-sockets.ts'

const WEB: FakeContainer = {
  id: 'a1'.repeat(32),
  pid: 400,
  pod: 'shop/web',
  comm: 'nginx',
  somaxconn: 16384,
  overflows: 20,
  sockets: [
    fakeSocket({ port: 8443, limit: 511, inode: 11 }),
    fakeSocket({ port: 8080, limit: 511, waiting: 512, dropped: 20, inode: 12 }),
  ],
}
const QUIET: FakeContainer = { id: 'b2'.repeat(32), pid: 500, pod: 'jobs/once' }

const queues = (args: readonly string[], containers: readonly FakeContainer[], more?: Machine) =>
  typed(['queues', ...args], nodeWith(containers, more))

test('shows the queues of every container, and why they are as they are', () => {
  const { exitCode, stdout, stderr } = queues([], [QUIET, WEB])
  expect([exitCode, stderr]).toEqual([1, ''])
  expect(stdout).toBe(`shop/web
  net.core.somaxconn 16384, ListenOverflows 20, ListenDrops 20
  WAITING  LIMIT  DROPPED  LISTENS ON    PROCESS
      512    511       20  0.0.0.0:8080  nginx 400
    full now: it accepts too slowly, or a burst has come; --interval 5 tells
    nginx asks for 511 itself, its default: set backlog=N at "listen";
    net.core.somaxconn (16384) would let more wait
        0    511        0  0.0.0.0:8443  nginx 400
    nginx asks for 511 itself, its default: set backlog=N at "listen";
    net.core.somaxconn (16384) would let more wait

1 container without a server that listens on TCP
`)
})

test('--json has the same for programs', () => {
  const { exitCode, stdout } = queues(
    ['--json'],
    [{ ...WEB, sockets: [fakeSocket({ inode: 11, limit: 511 })], overflows: 0 }],
  )
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    containers: [
      {
        netns: `/run/netns/${WEB.id}`,
        pod: { namespace: 'shop', name: 'web' },
        containerId: WEB.id,
        somaxconn: 16384,
        listenOverflows: 0,
        listenDrops: 0,
        queues: [
          {
            address: '0.0.0.0:80',
            process: { pid: 400, name: 'nginx' },
            waiting: 0,
            limit: 511,
            dropped: 0,
            droppedMeanwhile: null,
            state: 'fine',
            cause: 'server',
            reasons: [
              'nginx asks for 511 itself, its default: set backlog=N at "listen"; net.core.somaxconn (16384) would let more wait',
            ],
          },
        ],
      },
    ],
    notLookedAt: [],
  })
})

describe('what is asked about', () => {
  const titles = (args: readonly string[], more?: Machine) => {
    const { stdout, stderr } = queues(['--json', ...args], [WEB, QUIET], more)
    const { containers } = JSON.parse(stdout) as { containers?: { netns: string }[] }
    return containers?.map(({ netns }) => netns) ?? stderr
  }

  test('is every container, but not the node itself', () => {
    expect(titles([])).toEqual([`/run/netns/${QUIET.id}`, `/run/netns/${WEB.id}`])
  })

  test('may be a process, a netns or a namespace', () => {
    expect(titles(['--pid', '400'])).toEqual([`/run/netns/${WEB.id}`])
    expect(titles(['--netns', `/run/netns/${QUIET.id}`])).toEqual([`/run/netns/${QUIET.id}`])
    expect(titles(['--namespace', 'jobs'])).toEqual([`/run/netns/${QUIET.id}`])
    expect(titles(['--namespace', 'none'])).toEqual([])
    expect(titles(['--pid', '400', '--pid', '500'])).toHaveLength(2)
    expect(titles(['--pid', '400', '--namespace', 'jobs'])).toEqual([])
  })

  test('may be the node itself', () => {
    const netstat = 'TcpExt: ListenOverflows ListenDrops\nTcpExt: 1 2\n'
    const { stdout } = queues(['--pid', '1'], [WEB], { host: { '/proc/thread-self/net/netstat': netstat } })
    expect(stdout).toBe('1 container without a server that listens on TCP\n')
  })

  test('may be a netns without process and name', () => {
    const netns = { '/mnt/ns': { '/proc/sys/net/core/somaxconn': '128\n', '/proc/thread-self/net/netstat': '' } }
    const sockets = { '/mnt/ns': [fakeSocket({ limit: 128 })] }
    const { stdout } = queues(['--netns', '/mnt/ns'], [WEB], { netns, sockets })
    expect(stdout).toBe(`/mnt/ns
  net.core.somaxconn 128, ListenOverflows 0, ListenDrops 0
  WAITING  LIMIT  DROPPED  LISTENS ON  PROCESS
        0    128        0  0.0.0.0:80  -
`)
  })

  test.each([
    [['--pid', '77'], 'there is no process 77'],
    [['--netns', '/etc/passwd'], '/etc/passwd: is not a network namespace'],
    [['--pid', 'x'], '--pid "x" is not a process id; see netns-sysctl queues --help'],
    [['--interval', '0'], '--interval "0" must be a number of seconds, up to 86400; see netns-sysctl queues --help'],
    [['--watch', '--json'], '--watch goes without --json; use --interval; see netns-sysctl queues --help'],
    [['web'], 'web is not expected here; see netns-sysctl queues --help'],
  ])('must be right: %j', (args, words) => {
    const { exitCode, stderr } = queues(args, [WEB], { notNetns: ['/etc/passwd'] })
    expect([exitCode, stderr]).toEqual([2, `netns-sysctl: ${words}\n`])
  })
})

describe('what an undo record tells', () => {
  const recorded = (before: string, limit: number) => {
    const container = { ...WEB, comm: 'app', entry: {}, sockets: [fakeSocket({ limit })] }
    const record = formatRecord({
      network: 'net1',
      containerId: WEB.id,
      ifName: 'eth0',
      entry: 'chained',
      netns: { id: `/run/netns/${WEB.id}`, cookie: undefined, bootId: 'boot 1' },
      netnsPath: `/run/netns/${WEB.id}`,
      sequence: 1,
      entries: [{ id: 'net.core.somaxconn', found: before, putBack: before, after: '16384', inherited: false }],
    })
    const files = { [`/run/cni/netns-sysctl/containers/${WEB.id}/net1@eth0.json`]: { text: record, mode: 0o600 } }
    const { stdout } = queues(['--json'], [container], { files })
    return (JSON.parse(stdout) as { containers: { queues: { cause: string; reasons: string[] }[] }[] }).containers[0]
      ?.queues[0]
  }

  test('an old value that the limit is', () => {
    expect(recorded('1024', 1024)).toMatchObject({
      cause: 'server-or-old-value',
      reasons: [
        'either it listened while net.core.somaxconn was 1024, which is what this plugin found there: then restart it; or the server asks for 1024 itself, in listen(2)',
      ],
    })
  })

  test('that it never was what the limit is, so that the server has asked for it', () => {
    expect(recorded('1024', 4096)).toMatchObject({ cause: 'server' })
  })
})

describe('a second look', () => {
  test('tells a loop that accepts too slowly', () => {
    const socket = fakeSocket({ limit: 100, waiting: 101, dropped: 5, inode: 11 })
    const wait = () => {
      socket.dropped = 25
      return 'timeout' as const
    }
    const { exitCode, stdout } = queues(['--interval', '5'], [{ ...WEB, sockets: [socket] }], { wait })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      '    it accepts too slowly: full before and after, 20 dropped in 5 s; a longer\n    queue would only fill later\n',
    )
  })

  test('again and again shows what it sees until a signal comes', () => {
    const rounds = ['timeout', 'timeout', 'terminated'] as const
    let round = 0
    const seen: number[] = []
    const socket = fakeSocket({ limit: 100, waiting: 101, inode: 11 })
    const wait = (_: unknown, milliseconds: number) => {
      seen.push(milliseconds)
      socket.waiting = 0
      return rounds[round++] ?? 'terminated'
    }
    const { exitCode, stdout } = queues(['--watch', '--interval', '3'], [{ ...WEB, sockets: [socket] }], {
      wait,
      isTerminal: true,
      env: { NO_COLOR: '1' },
    })
    expect([exitCode, seen]).toEqual([0, [3000, 3000, 3000]])
    expect(stdout.split('\u001b[H\u001b[2J').map((each) => each.split('\n')[3])).toEqual([
      undefined,
      '      101    100        0  0.0.0.0:80  nginx 400',
      '        0    100        0  0.0.0.0:80  nginx 400',
      '        0    100        0  0.0.0.0:80  nginx 400',
    ])
  })
})

describe('what may be otherwise', () => {
  test('an address too long for the line', () => {
    const address = [0x20, 1, 0xd, 0xb8, ...Array.from({ length: 12 }, () => 0xab)]
    const { stdout } = queues([], [{ ...WEB, sockets: [fakeSocket({ address, port: 8080, limit: 16384, inode: 11 })] }])
    expect(stdout.split('\n').slice(2, 5)).toEqual([
      '  WAITING  LIMIT  DROPPED  LISTENS ON  PROCESS',
      '        0  16384        0  [2001:db8:abab:abab:abab:abab:abab:abab]:8080',
      '    nginx 400',
    ])
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('a name that would steer the terminal', () => {
    const { stdout } = queues([], [{ ...WEB, comm: 'x\u001b[2J\ny', pod: 'a/\u0007b' }])
    expect(stdout).toContain('a/\\u{7}b\n')
    expect(stdout).toContain('x\\u{1b}[2J\\u{a}y 400')
  })

  test('the main thread of Node.js has a name of its own', () => {
    const { stdout } = queues([], [{ ...WEB, comm: 'node-MainThread', executable: '/usr/bin/node (deleted)' }])
    expect(stdout).toContain('  node 400\n')
    expect(stdout).toContain('Node.js asks for 511 itself, its default: set backlog: N at server.listen()')
  })

  test('a kernel that does not count for each socket counts for the netns', () => {
    const { dropped: _, ...socket } = fakeSocket({ limit: 511, inode: 11 })
    const { stdout } = queues(['--json'], [{ ...WEB, sockets: [socket] }])
    expect(JSON.parse(stdout)).toMatchObject({ containers: [{ queues: [{ dropped: 20, state: 'overflowed' }] }] })
  })

  test('a container without a cache has the id of its control group, or that of its process', () => {
    const cgroup = `0::/kubepods.slice/cri-containerd-${'c3'.repeat(32)}.scope\n`
    const container = { ...WEB, isCached: false }
    expect(queues([], [container], { files: { '/proc/400/cgroup': cgroup } }).stdout).toMatch(/^c3c3c3c3c3c3\n/)
    expect(queues([], [container], { files: { '/proc/400/cgroup': '0::/\n' } }).stdout).toMatch(/^a1a1a1a1/)
  })

  test('a container that has ended meanwhile is left out', () => {
    const os = createFakeOs(nodeWith([WEB]))
    const [container] = listContainers(os).filter(({ isHost }) => !isHost) as [Container]
    expect(lookInto(os, container)).toMatchObject({ somaxconn: 16384 })
    expect(lookInto(os, { ...container, path: '/run/netns/gone' })).toBeUndefined()
    // Its path leads to another netns by now.
    expect(lookInto(os, { ...container, id: 'another' })).toBeUndefined()
  })

  test('others than root are told so', () => {
    const { exitCode, stderr } = queues([], [WEB], { enterFails: 'EPERM' })
    expect(exitCode).toBe(2)
    expect(stderr).toBe(`netns-sysctl: shop/web: /run/netns/${WEB.id}: permission denied; run it as root (EPERM)\n`)
  })

  test('a kernel without tcp_diag', () => {
    const { exitCode, stderr } = queues([], [WEB], { netlinkFails: 'ENOENT' })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('this kernel does not show sockets: it has no module tcp_diag')
  })
})

test('a node of 300 pods is looked at in one go, and the thread is back in the node each time', () => {
  const many = Array.from({ length: 300 }, (_, index) => ({
    ...WEB,
    id: `id${index}`,
    pid: 1000 + index,
    pod: `n/p${index}`,
  }))
  const { exitCode, stdout, os } = queues(['--json'], many)
  expect(exitCode).toBe(1)
  expect((JSON.parse(stdout) as { containers: unknown[] }).containers).toHaveLength(300)
  expect(os.readFile('/proc/sys/net/core/somaxconn')).toBe('4096\n')
})
