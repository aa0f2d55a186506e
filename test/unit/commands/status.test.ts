import { describe, expect, test } from 'vitest'
import { ask, DATA_DIR, errorDocument } from '../../helpers/requests.ts'

const NO_CAPABILITY = ['no CAP_SYS_ADMIN, so no network namespace can be entered', 'run the plugin as root'] as const
const READ_ONLY = { '/proc/sys/net/ipv4/ip_forward': { text: '0\n', mode: 0o444, writeFails: 'EROFS' } }

test('STATUS says nothing if ADD could work', () => {
  const { exitCode, stdout, os } = ask('STATUS', { conf: { sysctl: { 'net.core.somaxconn': 1 } } })
  expect([exitCode, stdout, os.writes]).toEqual([0, '', []])
})

describe('STATUS is 50', () => {
  test.each([
    ['0000000000000000', 1],
    ['000001ffffdfffff', 1],
    ['0000000000200000', 0],
    ['000001ffffffffff', 0],
  ])('without CAP_SYS_ADMIN: CapEff %s gives %i', (capabilities, expected) => {
    const files = { '/proc/self/status': `Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t${capabilities}\n` }
    const { exitCode, answer } = ask('STATUS', { files })
    expect([exitCode, answer]).toEqual([expected, expected === 0 ? undefined : errorDocument(50, ...NO_CAPABILITY)])
  })

  test.each([
    ['is missing', 'Name:\tx\nNoCapEff:\t000001ffffffffff\n'],
    ['is none', 'CapEff:\tx\n'],
    ['has more behind the number', 'CapEff:\t000001ffffffffff x\n'],
  ])('where the line with the capabilities %s', (_, text) => {
    const { answer } = ask('STATUS', { files: { '/proc/self/status': text } })
    expect(answer).toEqual(errorDocument(50, ...NO_CAPABILITY))
  })

  test('where /proc is not mounted', () => {
    const after = ask('STATUS')
    after.os.state.shared.delete('/proc/self/status')
    expect(ask('STATUS', { after }).answer).toEqual(
      errorDocument(50, '/proc is not mounted where the plugin runs', 'run the plugin on the node, as root'),
    )
  })

  test('where /proc/sys/net cannot be written', () => {
    expect(ask('STATUS', { host: READ_ONLY }).answer).toEqual(
      errorDocument(50, '/proc/sys/net cannot be written (EROFS)', 'run the plugin on the node, as root'),
    )
  })

  test('where another mount hides /proc/sys/net', () => {
    const host = { '/proc/sys/net/ipv4/ip_forward': { text: '', readFails: 'ENOENT' } }
    expect(ask('STATUS', { host }).answer).toEqual(
      errorDocument(50, '/proc/sys/net cannot be read (ENOENT)', 'run the plugin on the node, as root'),
    )
  })

  test('with a broken allowlist', () => {
    const files = { '/etc/cni/tuning/allowlist.conf': 'ok\n(\n' }
    expect(ask('STATUS', { files }).answer).toEqual(
      errorDocument(
        50,
        '/etc/cni/tuning/allowlist.conf, line 2: "(" is not a regular expression: a ")" is missing; so nothing is allowed',
        'correct the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$',
      ),
    )
  })

  test('with every reason at once', () => {
    const files = {
      '/proc/self/status': 'CapEff:\t0\n',
      '/etc/cni/tuning/allowlist.conf': { text: '', readFails: 'EACCES' },
    }
    expect(ask('STATUS', { files, host: READ_ONLY }).answer).toEqual(
      errorDocument(
        50,
        `${NO_CAPABILITY[0]}; /proc/sys/net cannot be written (EROFS); ` +
          'the allowlist /etc/cni/tuning/allowlist.conf cannot be read (EACCES), so nothing is allowed',
        `${NO_CAPABILITY[1]}; run the plugin on the node, as root; correct the file, or remove it to allow everything`,
      ),
    )
  })
})

test.each(['CapEff:200000', 'CapEff: \t200000'])('STATUS finds the capabilities behind any blanks: %j', (line) => {
  expect(ask('STATUS', { files: { '/proc/self/status': `${line}\n` } }).exitCode).toBe(0)
})

test('STATUS does not mind that root in a user namespace may not write the sysctls of the host', () => {
  const host = { '/proc/sys/net/ipv4/ip_forward': { text: '0\n', mode: 0o444, writeFails: 'EACCES' } }
  expect(ask('STATUS', { host }).exitCode).toBe(0)
})

test('STATUS reports a configuration that is not of the schema', () => {
  expect(ask('STATUS', { conf: { sysctl: [] } }).answer).toEqual(
    errorDocument(6, 'sysctl must be an object of names and values, not an array'),
  )
})

test('STATUS needs neither prevResult nor a container', () => {
  const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' }
  expect(ask('STATUS', { conf: { prevResult: undefined }, env }).exitCode).toBe(0)
})

describe('STATUS looks at the folder of the undo records', () => {
  const folder = (changes: object) => ({
    [DATA_DIR]: { text: '', kind: 'directory' as const, mode: 0o700, ...changes },
  })

  test.each([
    ['is a symbolic link', folder({ kind: 'link' })],
    ['belongs to the user 1000, not to root', folder({ uid: 1000 })],
    ['has the mode 0755, not 0700', folder({ mode: 0o755 })],
    ['cannot be made (EACCES)', { '/run/cni': { text: '', kind: 'directory' as const, mode: 0o555 } }],
  ])('which %s', (problem, files) => {
    expect(ask('STATUS', { files }).answer).toEqual(
      errorDocument(50, `dataDir ${DATA_DIR} ${problem}`, 'undo records are kept there'),
    )
  })

  test('and makes none', () => {
    const { exitCode, os } = ask('STATUS', { conf: { dataDir: '/var/lib/nosuch/x' } })
    expect([exitCode, os.state.shared.has('/var/lib/nosuch/x')]).toEqual([0, false])
  })

  test('but not where no record is kept', () => {
    const files = folder({ uid: 1000 })
    expect(ask('STATUS', { files, conf: { restoreOnDel: false } }).exitCode).toBe(0)
    expect(ask('STATUS', { files, conf: { restoreOnDel: false, mtu: 1400 } }).exitCode).toBe(1)
  })
})
