import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SUPPORTED_VERSIONS } from '../../plugin/cni/version.ts'
import { anyText } from '../helpers/arbitraries.ts'
import { request, sysctlName } from '../helpers/conf-arbitraries.ts'
import { type Answered, ask, CONTAINER, ETH0 } from '../helpers/requests.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(1000)

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

const stdin = fc.oneof({ weight: 4, arbitrary: request }, { weight: 1, arbitrary: anyText })

const variable = fc.constantFrom(
  '',
  'c1',
  'eth0',
  'all',
  'IFNAME',
  '../x',
  'a b',
  '/run/netns/c1',
  '/run/netns/gone',
  'MAC=02:00:00:00:00:07',
  'IgnoreUnknown=1;K8S_POD_NAME=web;MAC=x',
)

/** The environment of a runtime, with a few variables changed. */
const env = fc.dictionary(
  fc.constantFrom('CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_NETNS_OVERRIDE', 'CNI_ARGS'),
  variable,
  { maxKeys: 1 },
)

/** One error document of CNI's form, and not a bug. */
function expectError({ exitCode, stdout, answer }: Answered): void {
  expect(exitCode).toBe(1)
  expect(stdout.indexOf('\n')).toBe(stdout.length - 1)
  expect(answer).toEqual({
    cniVersion: expect.toSatisfy((version) => SUPPORTED_VERSIONS.includes(version)),
    code: expect.toSatisfy((code) => [1, 2, 4, 5, 6, 7, 8, 50, 100, 101, 102].includes(code)),
    msg: expect.stringMatching(/./),
    details: expect.any(String),
  })
}

test('ADD prints one JSON document, whatever is on stdin', () => {
  fc.assert(
    fc.property(stdin, env, (text, changes) => {
      const answered = ask('ADD', { stdin: text, env: changes })
      if (answered.exitCode === 0) expect(answered.answer).toMatchObject({ cniVersion: expect.any(String) })
      else expectError(answered)
    }),
    RUNS,
  )
})

test.each(['DEL', 'CHECK', 'GC', 'STATUS'])('%s prints an error or nothing, whatever is on stdin', (command) => {
  fc.assert(
    fc.property(stdin, env, (text, changes) => {
      const answered = ask(command, { stdin: text, env: changes })
      if (answered.exitCode === 0) expect(answered.stdout).toBe('')
      else expectError(answered)
      expect(answered.os.writes).toEqual([])
    }),
    RUNS,
  )
})

test('VERSION answers, whatever is on stdin', () => {
  fc.assert(
    fc.property(stdin, env, (text, changes) => {
      const { exitCode, answer } = ask('VERSION', { stdin: text, env: changes })
      expect(exitCode).toBe(0)
      expect(answer).toEqual({ cniVersion: expect.any(String), supportedVersions: SUPPORTED_VERSIONS })
    }),
    RUNS,
  )
})

test('a command that is not known is refused, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), stdin, (command, text) => {
      expectError(ask(`x${command}`, { stdin: text }))
    }),
  )
})

test('DEL after an ADD puts everything back, whatever was asked', () => {
  fc.assert(
    fc.property(request, (text) => {
      const { exitCode, os } = ask('DEL', { stdin: text, after: ask('ADD', { stdin: text }) })
      fc.pre(exitCode === 0)
      expect(os.linkOf(CONTAINER, 'eth0')).toEqual(ETH0)
      if (!/"restoreOnDel"\s*:\s*false/i.test(text)) expect(os.textOf(CONTAINER, SOMAXCONN)).toBe('4096')
    }),
    RUNS,
  )
})

test('a pod sets nothing but what it may, whatever it writes into its annotation', () => {
  const text = fc.oneof(
    fc.array(fc.tuple(sysctlName, fc.constantFrom('=1', ' = 2', '=')), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('')), { maxLength: 2 }),
  )
  fc.assert(
    fc.property(text, (lines) => {
      const annotation = lines.map((line) => line.join('')).join('\n')
      const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': annotation } }
      const conf = { pod: { allow: ['net.core.somaxconn', 'net.ipv4.conf.IFNAME.*'] }, runtimeConfig }
      const answered = ask('ADD', { conf })
      const written = answered.os.writes.map((line) => line.split(' ')[1])
      const may = ['replaced', SOMAXCONN, '/proc/sys/net/ipv4/conf/eth0/rp_filter']
      expect(written.filter((path) => !may.includes(path ?? ''))).toEqual([])
      if (answered.exitCode !== 0) expectError(answered)
    }),
    RUNS,
  )
})

test('DEL succeeds with any sysctls in an otherwise good configuration', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (sysctl, args, prevResult) => {
      const { exitCode, stdout } = ask('DEL', { conf: { sysctl, args, prevResult } })
      expect([exitCode, stdout]).toEqual([0, ''])
    }),
  )
})

test('no ADD touches the host, unless it is told to', () => {
  fc.assert(
    fc.property(request, (text) => {
      const { os } = ask('ADD', { stdin: text })
      expect(os.writes.filter((write) => write.startsWith('host '))).toEqual([])
    }),
    RUNS,
  )
})

test('the requests that are made here do reach the writes, and every kind of error', () => {
  const answers = fc.sample(request, { numRuns: 1000, seed: 1 }).map((text) => ask('ADD', { stdin: text }))
  const codes = new Set(answers.map(({ exitCode, answer }) => (exitCode === 0 ? 0 : (answer as { code: number }).code)))
  expect([...codes].sort((a, b) => a - b)).toEqual([0, 1, 2, 5, 6, 7, 100, 101])
  expect(answers.filter(({ os }) => os.writes.length > 0).length).toBeGreaterThan(20)
})
