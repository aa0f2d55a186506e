import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchKernel, type Unpacked } from './archive.ts'
import { createFacts, type KernelCase, shorten } from './case.ts'
import { BEFORE, FOLLOWS } from './cases/search.ts'
import { type Executable, fileOf, isRunWith, writeInitramfs } from './initramfs.ts'
import { chooseKernels } from './kernels.ts'
import { type Booted, bootKernel, type Printed } from './machine.ts'
import { type Explained, measure, parseExplained, unpackLines } from './measure.ts'
import { CASES } from './table.ts'

/** Sysctls that each netns has and the plugin never sets. */
const SWITCH = 'net.netfilter.nf_hooks_lwtunnel'

const ROOT = join(import.meta.dirname, '../..')
const NAMES = (process.env.KERNELS ?? '').split(' ').filter((name) => name !== '')

describe.each(chooseKernels(NAMES))('$name', (kernel) => {
  const native: Executable = {
    name: 'native',
    path: join(ROOT, kernel.arch === 'amd64' ? 'dist/netns-sysctl-native' : 'dist/netns-sysctl-native-arm64'),
  }
  const node: Executable = { name: 'node', path: join(ROOT, 'dist/netns-sysctl') }
  const executables = kernel.arch === 'amd64' ? [native, node] : [native]
  const work = mkdtempSync(join(tmpdir(), 'netns-sysctl-kernels-'))
  let unpacked: Unpacked
  let boots: readonly Booted[] = []

  beforeAll(async () => {
    unpacked = fetchKernel(kernel, join(ROOT, 'dist/kernels'))
    const initramfs = join(work, 'initramfs')
    writeInitramfs(unpacked, executables, initramfs)
    const first = await bootKernel(unpacked, initramfs, 'bare,loaded,search')
    const second = await bootKernel(unpacked, initramfs, 'noIpv6', 'ipv6.disable=1')
    boots = [first, second]
    const seconds = first.cpuSeconds + second.cpuSeconds
    console.log(`${kernel.name}: Linux ${unpacked.version} (${kernel.arch}), ${seconds.toFixed()} s of the processor`)
    expect(seconds).toBeLessThan(180)
  }, 2_400_000)
  afterAll(() => rmSync(work, { recursive: true }))

  const printed = (each: KernelCase, executable: Executable): Printed => {
    const file = fileOf(each, executable)
    const found = boots.map(({ cases }) => cases.get(file)).find((text) => text !== undefined)
    if (found === undefined) throw new Error(`${file} has not run:\n${boots.map(({ console }) => console).join('\n')}`)
    return found
  }
  const search = (name: string): Printed => printed(CASES.find((each) => each.name === name) as KernelCase, native)

  describe.each(executables)('$name', (executable) => {
    test.each(CASES.filter((each) => isRunWith(each, executable)))('$stage: $name', (each) => {
      const expected = each.prints(createFacts(unpacked.version))
      const lines = printed(each, executable).lines.map(shorten)
      expect(lines).toEqual(expected.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))))
    })
  })

  describe('explain is right', () => {
    const explained = (): readonly [string, readonly Explained[]][] => [
      ['as booted', parseExplained(unpackLines(search(BEFORE))[0] ?? '')],
      ['all changed', measure(search(FOLLOWS)).explained],
    ]

    test('about what a container can set', () => {
      const { writable } = measure(search(FOLLOWS))
      for (const [state, sysctls] of explained()) {
        const wrong = sysctls.filter(({ key, settable }) => settable !== (writable.has(key) && key !== SWITCH))
        expect([state, wrong]).toEqual([state, []])
        expect(sysctls.filter(({ settable }) => settable === true).length).toBeGreaterThan(300)
      }
    })

    test('about what a new netns has of the host', () => {
      const { follows } = measure(search(FOLLOWS))
      expect(follows.size).toBeGreaterThan(300)
      for (const [state, sysctls] of explained()) {
        const told = new Map(sysctls.map(({ key, followsHost }) => [key, followsHost]))
        const wrong = [...follows].filter(([key, value]) => told.has(key) && told.get(key) !== value)
        expect([state, wrong]).toEqual([state, []])
      }
    })
  })
})
