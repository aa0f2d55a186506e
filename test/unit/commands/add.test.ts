import { describe, expect, test } from 'vitest'
import { refuse } from '../../helpers/fake-os.ts'
import { ask, CONTAINER, errorDocument, formatConf, PREV_RESULT, RECORD } from '../../helpers/requests.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

describe('ADD sets the sysctls', () => {
  test('in the container and not on the host, and passes prevResult on', () => {
    const { exitCode, stdout, os } = ask('ADD', {
      conf: { sysctl: { 'net.core.somaxconn': '1024', 'net.ipv4.conf.IFNAME.rp_filter': 2 } },
    })
    expect([exitCode, stdout]).toEqual([0, `${JSON.stringify(PREV_RESULT)}\n`])
    expect(os.writes).toEqual([
      `${RECORD} replaced`,
      `${CONTAINER} ${SOMAXCONN} 1024`,
      `${CONTAINER} /proc/sys/net/ipv4/conf/eth0/rp_filter 2`,
    ])
    expect(os.textOf('host', SOMAXCONN)).toBe('4096')
    expect(os.stderr()).toBe('')
  })

  test('of args.cni over those of the network', () => {
    const conf = {
      sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 },
      args: { cni: { sysctl: { 'net/core/somaxconn': 2 } } },
    }
    expect(ask('ADD', { conf }).os.writes).toEqual([
      `${RECORD} replaced`,
      `${CONTAINER} ${SOMAXCONN} 2`,
      `${CONTAINER} /proc/sys/net/ipv4/ip_forward 1`,
    ])
  })

  test('none, where none is configured', () => {
    const { exitCode, answer, os } = ask('ADD')
    expect([exitCode, answer, os.writes]).toEqual([0, PREV_RESULT, []])
  })

  test('and says on stderr what the kernel made of a value', () => {
    const container = { [SOMAXCONN]: { text: '4096\n', accept: () => '65535\n' } }
    const { exitCode, answer, os } = ask('ADD', { conf: { sysctl: { 'net.core.somaxconn': 99999 } }, container })
    expect([exitCode, answer]).toEqual([0, PREV_RESULT])
    expect(os.stderr()).toBe('netns-sysctl: net.core.somaxconn: wrote "99999", the kernel holds "65535"\n')
  })
})

test('ADD gives the result in the version of the request, with all that it had', () => {
  const prev = '{ "cniVersion" : "0.3.1", "unknown": 12345678901234567890,\n "dns": {} }'
  const stdin = `{"cniVersion":"0.4.0","name":"n","prevResult":${prev}}`
  expect(ask('ADD', { stdin }).stdout).toBe(`${prev.replace('0.3.1', '0.4.0')}\n`)
})

describe('ADD is refused', () => {
  test.each([undefined, null])('without prevResult (%s)', (prevResult) => {
    const { exitCode, answer, os } = ask('ADD', { conf: { prevResult, sysctl: { 'net.core.somaxconn': 1 } } })
    expect([exitCode, os.writes]).toEqual([1, []])
    expect(answer).toEqual(
      errorDocument(
        7,
        'there is no prevResult: netns-sysctl must be chained after a network plugin',
        'put it into "plugins" of a conflist, after the plugin that makes the interface, or give it "first": true',
      ),
    )
  })

  test('by the allowlist of the node, and all else that is wrong is told with it', () => {
    const { exitCode, answer } = ask('ADD', {
      conf: { sysctl: { 'net.ipv4.ip_forward': 1, 'net.core.somaxconn': 1, 'net.ipv4.conf.IFNAME.rp_filter': 1 } },
      files: { '/etc/cni/tuning/allowlist.conf': '^net\\.core\\.\n' },
      machine: { enterFails: 'EPERM' },
    })
    const refused = 'is not allowed on this node by /etc/cni/tuning/allowlist.conf'
    expect(exitCode).toBe(1)
    expect(answer).toEqual(
      errorDocument(
        100,
        `net.ipv4.ip_forward: ${refused}; net.ipv4.conf.IFNAME.rp_filter: ${refused}; CNI_NETNS ${CONTAINER} cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root`,
        '/etc/cni/tuning/allowlist.conf allows ^net\\.core\\.; the container is gone, or the runtime gave a wrong path',
      ),
    )
  })

  test.each(['net..core', 'net/../kernel/panic', '__proto__', '', 'net.core.a\u0000b'])('for the name %j', (name) => {
    const sysctl = `{"net.core.somaxconn":1,${JSON.stringify(name)}:1}`
    const stdin = formatConf({ sysctl: '@' }).replace('"@"', sysctl)
    const { exitCode, answer, os } = ask('ADD', { stdin })
    expect(exitCode).toBe(1)
    expect(answer).toMatchObject({ code: 7 })
    expect(os.writes).toEqual([])
  })

  test('with the reason for each sysctl that is not there, and nothing is written', () => {
    const { answer, os } = ask('ADD', {
      conf: {
        sysctl: {
          'net.core.somaxconn': 1,
          'net.core.backlog': 1,
          'net.ipv4.conf.eth1.rp_filter': 1,
          'net.core.rmem_max': 1,
        },
      },
      host: {
        '/proc/sys/net/core/backlog': '1000\n',
        '/proc/sys/net/core/rmem_max': '1\n',
      },
    })
    expect(answer).toEqual(
      errorDocument(
        101,
        'net.core.backlog: exists only on the host on Linux 6.18.44, for the whole node; set it there, in /etc/sysctl.d; ' +
          'net.ipv4.conf.eth1.rp_filter: there is no interface eth1 here; there are lo, eth0; ' +
          "net.core.rmem_max: is read-only in a container on Linux 6.18.44; the node's value counts: set it there, in /etc/sysctl.d",
        'nothing was written',
      ),
    )
    expect(os.writes).toEqual([])
  })

  test('with all that can be known at once: of the configuration, of the host and of the netns', () => {
    const { answer, os } = ask('ADD', {
      conf: {
        sysctl: { 'net..core': 1, 'kernel.shmmax': 1, 'net.core.somaxcon': 1, 'net.ipv4.tcp_synack': 'a\nb' },
        inherit: ['net.core.nosuch'],
        mtu: 1400,
      },
      machine: { links: {} },
    })
    const { code, msg } = answer as { code: number; msg: string }
    expect(code).toBe(7)
    const starts = [
      '"net..core" is not the name of a sysctl',
      'kernel.shmmax: belongs to the IPC namespace',
      'net.ipv4.tcp_synack: the value',
      'net.core.nosuch: cannot be copied from the host',
      'mtu of eth0: there is no interface eth0 here',
      'net.core.somaxcon: does not exist on Linux 6.18.44',
    ]
    const places = starts.map((start) => msg.indexOf(start))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(os.writes).toEqual([])
  })

  test('where the kernel refuses a value, and what was written is put back', () => {
    const { exitCode, answer, os } = ask('ADD', {
      conf: { sysctl: { 'net.ipv4.ip_forward': 1, 'net.core.somaxconn': -1 } },
      container: { [SOMAXCONN]: { text: '4096\n', accept: () => refuse('EINVAL') } },
    })
    expect(exitCode).toBe(1)
    expect(answer).toEqual(
      errorDocument(
        101,
        'net.core.somaxconn: the kernel refuses "-1" (EINVAL): out of range; it holds "4096"',
        'everything written before was put back',
      ),
    )
    expect(os.textOf(CONTAINER, '/proc/sys/net/ipv4/ip_forward')).toBe('0')
  })
})
