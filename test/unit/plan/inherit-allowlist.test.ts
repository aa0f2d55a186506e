import { describe, expect, test } from 'vitest'
import { files } from '../../helpers/inherit.ts'
import { ask, errorDocument } from '../../helpers/requests.ts'

const PATH = '/etc/cni/netns-sysctl/allowlist.conf'

function inherit(pattern: string, allowlist: string, values: Readonly<Record<string, string>>) {
  const host = files(values)
  return ask('ADD', { conf: { inherit: [pattern] }, host, container: host, files: { [PATH]: allowlist } })
}

describe("a glob of which the node's allowlist refuses everything is an error that names what is allowed", () => {
  test.each([
    ['net\\.b\\.x\nnet\\.b\\.y\n', 'net\\.b\\.x, net\\.b\\.y'],
    ['# nothing yet\n', 'nothing'],
  ])('%j', (allowlist, allowed) => {
    expect(inherit('net.a.*', allowlist, { 'a/x': '1' }).answer).toEqual(
      errorDocument(
        100,
        `inherit net.a.*: nothing that it matches is allowed on this node by ${PATH}`,
        `${PATH} allows ${allowed}`,
      ),
    )
  })
})

describe('a glob that matches nothing is no matter of the allowlist', () => {
  test.each([
    ['net.a.nosuch*'],
    // A folder, which is not a sysctl.
    ['net.ipv4.rout*'],
    // The host has no folder for it.
    ['net.a.IFNAME.*'],
    // A file, in which nothing can be.
    ['net.a.*.x'],
  ])('%s', (pattern) => {
    expect(inherit(pattern, 'net\\.b', { 'a/x': '1' }).answer).toEqual(
      errorDocument(
        101,
        `inherit ${pattern}: matches no sysctl of the host that may be copied`,
        '"*" and "?" do not cross a dot',
      ),
    )
  })
})

test('a glob that takes only what the container has not is no matter of the allowlist either', () => {
  const asked = { conf: { inherit: ['net.a.*'] }, host: files({ 'a/x': '1' }), files: { [PATH]: 'net\\.a' } }
  expect(ask('ADD', asked).answer).toMatchObject({
    code: 101,
    msg: 'inherit net.a.*: matches only what a container has not',
  })
})

test('a dot in a name of the host is a slash in a glob', () => {
  const { exitCode, os } = inherit('net.a.b/*', 'net', { 'a/b.c': '1', 'a/bc': '1' })
  expect([exitCode, os.stderr()]).toEqual([0, 'netns-sysctl: inherit net.a.b/*: copies 1 from the host: net.a.b/c\n'])
})
