import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { createNetns, type Netns } from '../helpers/netns.ts'
import { type, typeUnprivileged } from '../helpers/operator.ts'
import { writeSysctls } from '../helpers/sysctls.ts'

const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim().replace(/-.*/, '')

describe('on a node that was tuned', () => {
  let host: Netns
  beforeEach(async () => {
    host = await createNetns()
    writeSysctls(host, { 'net/core/somaxconn': '2048', 'net/ipv4/ip_local_port_range': '1024 65535' })
  })
  afterEach(() => host.close())

  test('the mysterious somaxconn is answered', () => {
    const { status, stdout } = host.inside([
      EXECUTABLE,
      'explain',
      'net.core.somaxconn',
      'net.ipv4.ip_local_port_range',
    ])
    const [head, , ...lines] = stdout.trimEnd().split('\n')
    expect([status, head]).toEqual([0, `Linux ${release}`])
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['SYSCTL', 'HOST', 'NEW NETNS', 'CAN BE SET'],
      [
        'net.core.somaxconn',
        '2048',
        expect.stringMatching(/^(128|4096)$/),
        'yes',
        "starts with the kernel's own value",
      ],
      ['net.ipv4.ip_local_port_range', '1024 65535', '32768 60999', 'yes', "starts with the kernel's own value"],
    ])
  })

  test('nothing is left changed', () => {
    const values = () => host.inside(['grep', '-rs', '', '/proc/sys/net/core', '/proc/sys/net/ipv4/conf']).stdout
    const before = values()
    expect(host.inside([EXECUTABLE, 'explain', 'net.core.*', 'net.ipv4.*', 'net.ipv4.conf.*.*']).status).toBe(0)
    expect(values()).toBe(before)
  })
})

test('the usual ones are explained, whatever modules are loaded', () => {
  const { status, stdout, stderr } = type(['explain'])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^net\.core\.netdev_max_backlog +\d+ +- +no +of the whole node: set it there$/m)
  expect(stdout).toMatch(/^net\.ipv4\.tcp_rmem +[\d ]+ +yes +starts with the value of the host$/m)
})

test('every sysctl of the node can be explained', () => {
  const globs = Array.from({ length: 5 }, (_, depth) => `net${'.*'.repeat(depth + 2)}`)
  const { sysctls } = JSON.parse(type(['explain', ...globs, '--json']).stdout) as { sysctls: { remark: string }[] }
  expect(sysctls.length).toBeGreaterThan(200)
  expect(sysctls.filter(({ remark }) => remark === '')).toEqual([])
})

test('what is not a sysctl of a network namespace is told, with what may have been meant', () => {
  const { status, stdout } = type(['explain', 'somaxconn', 'kernel.shmmax', 'net.core.somaxcon'])
  expect(status).toBe(1)
  expect(stdout).toMatch(/^somaxconn .* is not a sysctl of a network namespace; did you mean net\.core\.somaxconn\?$/m)
  expect(stdout).toMatch(/^kernel\.shmmax .* belongs to the IPC namespace; /m)
  expect(stdout).toMatch(
    /^net\.core\.somaxcon .* does not exist on Linux [\d.]+; did you mean net\.core\.somaxconn\?$/m,
  )
})

test('for others than root it says what it could not look at', () => {
  const { status, stdout } = typeUnprivileged(['explain', 'net.core.somaxconn'])
  expect(status).toBe(0)
  expect(stdout).toMatch(/^net\.core\.somaxconn +\d+ +- +\? +starts with the kernel's own value$/m)
  expect(stdout).toMatch(
    /\nNo network namespace could be made to look at: run it as root to see what a container gets\.\n$/,
  )
})
