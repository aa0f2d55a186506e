import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { listOf } from '../helpers/lint.ts'
import { run } from '../helpers/netns.ts'
import { newFolder, type, typeUnprivileged } from '../helpers/operator.ts'
import { some } from '../helpers/some.ts'

const EXAMPLES = join(import.meta.dirname, '../../conf-examples')
const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith('.conflist'))

test.each(some(examples, 'examples'))('nothing is found in conf-examples/%s', (name) => {
  const path = join(EXAMPLES, name)
  expect(type(['lint', path])).toEqual({ status: 0, stdout: `${path}: nothing found\n`, stderr: '' })
})

test('several files are looked at in one go', () => {
  const paths = examples.map((name) => join(EXAMPLES, name))
  expect(JSON.parse(type(['lint', ...paths, '--json']).stdout)).toEqual({
    findings: [],
    unread: [],
    notLookedAt: [],
    notes: [],
    inForce: [],
  })
})

/** A readable file of this text. */
function write(name: string, text: string): string {
  const folder = newFolder()
  chmodSync(folder, 0o755)
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const BAD = listOf({
  sysctl: { 'net.core.somaxcon': 1, 'net.core.netdev_max_backlog': 1, 'net.core.rmem_max': 1, 'kernel.shmmax': 1 },
  inherit: ['net.core.nosuch_*'],
})

test('what this kernel cannot set is found, each at its place', () => {
  const path = write('bad.conflist', BAD)
  const { status, stdout } = type(['lint', path])
  expect(status).toBe(1)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(`${path}:`, ''))
  expect(lines).toEqual([
    expect.stringMatching(
      /^9:9: error: net\.core\.somaxcon: does not exist on Linux [\d.]+; did you mean net\.core\.somaxconn\?$/,
    ),
    expect.stringMatching(/^10:9: error: net\.core\.netdev_max_backlog: exists only on the host on Linux /),
    expect.stringMatching(/^11:9: error: net\.core\.rmem_max: is read-only in a container on Linux /),
    expect.stringMatching(/^12:9: error: kernel\.shmmax: belongs to the IPC namespace; /),
    expect.stringMatching(
      /^15:9: error: inherit net\.core\.nosuch_\*: matches no sysctl of the host that may be copied; /,
    ),
  ])
})

test('for others than root it says what it could not look at', () => {
  const path = write('bad.conflist', BAD)
  const { status, stdout } = typeUnprivileged(['lint', path])
  expect(status).toBe(1)
  expect(stdout).toContain(`${path}:9:9: error: net.core.somaxcon: does not exist on Linux `)
  expect(stdout).not.toContain('netdev_max_backlog')
  expect(stdout).toMatch(/\nnot looked at: what a container has: making a network namespace needs root\n$/)
})

test('in a user namespace of their own, others than root can have it all looked at', () => {
  const path = write('bad.conflist', BAD)
  const { status, stdout, stderr } = run(['unshare', '--user', '--map-root-user', EXECUTABLE, 'lint', path])
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout).toContain(`${path}:10:9: error: net.core.netdev_max_backlog: exists only on the host on Linux `)
  expect(stdout).not.toContain('not looked at')
})

test('an allowlist', () => {
  const path = write('allowlist.conf', '# ours\n^net\\.core\\.somaxconn$\nnet.core.*\n(\n')
  expect(type(['lint', path])).toMatchObject({
    status: 1,
    stdout: `${path}:3:1: warning: net.core.*: matches anywhere in a name; start it with "^" and end it with "$"
${path}:4:1: error: (: is not a regular expression: a ")" is missing; so nothing is allowed and no pod starts
`,
  })
})

test('half a file', () => {
  const path = write('half.conflist', BAD.slice(0, 60))
  expect(type(['lint', path])).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/:5:4: error: is not JSON: ends where a value should be\n$/),
  })
})

test('files that cannot be read end it with 2', () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'x.conflist'))
  const cases = [join(folder, 'x.conflist'), join(folder, 'nosuch')].map((path) => type(['lint', path]))
  expect(cases).toEqual([
    {
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: ${folder}/x.conflist: has no configuration, which would end in .conf, .conflist or .json\n`,
    },
    { status: 2, stdout: '', stderr: `netns-sysctl: ${folder}/nosuch: there is no such file or folder (ENOENT)\n` },
  ])
})
