import { describe, expect, test } from 'vitest'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { shapeProblem } from '../../../plugin/sysctl/shape.ts'

const about = (wanted: string, current: string, name = 'net.core.x') =>
  shapeProblem(parseSysctlKey(name), wanted, current)

describe('integers for integers', () => {
  test.each([
    ['1', '2'],
    ['-1', '0'],
    ['0', '-1'],
    ['0x1F', '0'],
    ['-0x1f', '0'],
    ['0512', '0'],
    ['00', '0'],
    ['4294967295', '0'],
    ['18446744073709551615', '0'],
    ['1 2', '3\t4'],
    ['1\t 0x2', '3 4'],
    ['1 2 3', '4\t5\t6'],
    ['1', '2\t'],
    ['3\t4', '3\t4'],
    ['2\t', '2\t'],
  ])('%j where there is %j', (wanted, current) => {
    expect(about(wanted, current)).toBe(undefined)
  })
})

describe('anything for what is no integer', () => {
  test.each([
    ['bbr', 'cubic'],
    ['1 2', 'cubic'],
    ['', ''],
    ['8080,9000-9002', ''],
    ['1 2', '1,2'],
    ['x', '0x10'],
    ['x', '00000001-00000002'],
    ['x', '1 x'],
    ['', 'NONE'],
  ])('%j where there is %j', (wanted, current) => {
    expect(about(wanted, current)).toBe(undefined)
  })
})

describe('what has a form of its own takes it, whatever it shows', () => {
  test.each([
    ['net.ipv4.ip_local_reserved_ports', '8080,9000-9002', '8080'],
    ['net.ipv4.ip_local_reserved_ports', '', '8080'],
    ['net.ipv6.icmp.ratemask', '0-1,3-127', '5'],
    ['net.core.rps_default_mask', 'ff', '00000003'],
    ['net.core.flow_limit_cpu_bitmap', '1,00000000', '0'],
    ['net.ipv4.vs.est_cpulist', '0-3', '0'],
  ])('%s', (name, wanted, current) => {
    expect(about(wanted, current, name)).toBe(undefined)
  })

  test.each([
    'net.ipv4.icmp_ratemask',
    'net.ipv4.vs.sync_ports',
    'net.ipv4.ip_local_port_range',
    'net.a.net.core.rps_default_mask',
    'net.core.rps_default_mask2',
  ])('and %s has none', (name) => {
    expect(about('1,2', '5', name)?.isRefused).toBe(true)
  })
})

describe('is refused', () => {
  test.each([
    ['', '1', 'one integer'],
    ['x', '1', 'one integer'],
    ['1 2', '1', 'one integer'],
    ['1\t', '1 ', 'one integer'],
    ['1 # x', '1', 'one integer'],
    ['+1', '1', 'one integer'],
    ['--1', '1', 'one integer'],
    ['-', '1', 'one integer'],
    ['08', '1', 'one integer'],
    ['0x', '1', 'one integer'],
    ['0xg', '1', 'one integer'],
    ['1e3', '1', 'one integer'],
    ['1.5', '1', 'one integer'],
    ['1\u00a02', '3\t4', '2 integers separated by blanks'],
    ['1,2', '3\t4', '2 integers separated by blanks'],
    ['1 2 3', '3\t4', '2 integers separated by blanks'],
    ['', '3\t4', '2 integers separated by blanks'],
    ['x', '10', 'one integer'],
    ['x', '3 \t45', '2 integers separated by blanks'],
    ['1 x', '3\t4\t5', '3 integers separated by blanks'],
  ])('%j where there is %j: it must be %s', (wanted, current, form) => {
    expect(about(wanted, current)).toEqual({ isRefused: true, reason: `${JSON.stringify(wanted)} must be ${form}` })
  })
})

test.each([
  ['1', '3\t4', '"1" sets only the first of 2 integers, the last one stays as before'],
  ['1 2', '3\t4\t5', '"1 2" sets only the first 2 of 3 integers, the last one stays as before'],
  ['1', '3\t4\t5', '"1" sets only the first of 3 integers, the last 2 stay as before'],
])('less than there is, is told: %j for %j', (wanted, current, reason) => {
  expect(about(wanted, current)).toEqual({ isRefused: false, reason })
})

test('takes no longer for a long text than it has to', () => {
  for (const text of [
    '1 '.repeat(500_000),
    `${'0'.repeat(1_000_000)}x`,
    '-'.repeat(1_000_000),
    `${' \t'.repeat(500_000)}x`,
  ]) {
    expect(about(text, '1\t2')?.isRefused).toBe(true)
    expect(about('1 2', text)).toSatisfy((problem) => problem === undefined || typeof problem === 'object')
  }
})
