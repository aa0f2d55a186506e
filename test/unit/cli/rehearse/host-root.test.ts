import { expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { usualNetns } from '../../../helpers/fake-os.ts'
import { listOf } from '../../../helpers/lint.ts'

const LIST = '/a.conflist'
/** lint in a pod where the host is mounted at /host. */
function lintInPod(entry: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>, host = '/host/') {
  return typed(['lint', '--host-root', host, LIST], {
    files: { [LIST]: listOf(entry), ...files },
    env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    netns: { '/host/proc/1/ns/net': usualNetns({ '/proc/sys/net/ipv4/tcp_keepalive_time': '77\n' }) },
  })
}

test("the host's allowlist counts, and not the image's", () => {
  const files = {
    '/host/etc/cni/tuning/allowlist.conf': '^net\\.ipv4\\.\n',
    '/etc/cni/tuning/allowlist.conf': '^net\\.core\\.\n',
  }
  const { stdout } = lintInPod({ sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 } }, files)
  expect(stdout).toMatch(/^\/a\.conflist:9:9: error: net\.core\.somaxconn: is not allowed on this node by .*\n$/)
})

test('nothing is said to be missing where the host can be seen', () => {
  expect(lintInPod({ inherit: ['net.ipv4.tcp_keepalive_time'] }, {}).stdout).toBe('/a.conflist: nothing found\n')
})

test("where the host's netns cannot be entered, that is said if its values are copied", () => {
  const machine = (entry: object) => ({ files: { [LIST]: listOf({ ...entry }) } })
  const lint = (entry: object) => typed(['lint', '--host-root', '/host', LIST], machine(entry)).stdout
  expect(lint({ sysctl: { 'net.core.somaxconn': 1 } })).toBe('/a.conflist: nothing found\n')
  expect(lint({ inherit: ['net.core.somaxconn'] })).toBe(
    `/a.conflist: nothing found\nnot looked at: the node's own sysctls, which "inherit" copies: /host/proc/1/ns/net cannot be entered: the node's /proc is not mounted there\n`,
  )
})

test("a pod with the host's network need not enter it", () => {
  const tries = { '/proc/thread-self/net/fib_trie': 'Main:\n', '/host/proc/1/net/fib_trie': 'Main:\n' }
  const ran = typed(['lint', '--host-root', '/host', LIST], {
    files: { [LIST]: listOf({ inherit: ['net.core.somaxconn'] }), ...tries },
    host: { '/proc/thread-self/net/fib_trie': 'Main:\n' },
  })
  expect(ran.stdout).toBe('/a.conflist: nothing found\n')
})

test('the path must be absolute', () => {
  expect(typed(['lint', '--host-root', 'host', LIST])).toMatchObject({
    exitCode: 2,
    stderr: 'netns-sysctl: --host-root needs an absolute path; see netns-sysctl lint --help\n',
  })
})
