import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { listOf } from '../helpers/lint.ts'
import { run } from '../helpers/netns.ts'
import { newFolder, type } from '../helpers/operator.ts'

const BARE = '{"cniVersion":"1.0.0","name":"x","plugins":[{"type":"bridge"}]}\n'

/** A folder of plugins and a conflist, as a node has them. */
function newNode() {
  const folder = newFolder()
  const conflist = join(folder, '10-x.conflist')
  writeFileSync(conflist, BARE)
  mkdirSync(join(folder, 'bin'))
  return { folder, conflist, into: ['install', '--bin-dir', join(folder, 'bin'), '--into', conflist] }
}

describe('install refuses what would keep every pod of the node from starting', () => {
  test.each([
    ['net.core.somaxconn=-5', 'out of range'],
    ['net.core.somaxconn=abc', 'must be one integer'],
    ['net.core.somaxconn=16M', 'must be one integer'],
    ['net.core.somaxconn=99999999999', 'out of range'],
    ['net.core.somaxconn=', 'must be one integer'],
    ['net.core.somaxconn="16384"', 'must be one integer'],
    ['net.ipv4.tcp_rmem=4096,87380,16777216', 'must be 3 integers'],
    ['net.ipv4.ip_local_port_range=65000 1024', 'the first number is the larger one'],
    ['net.ipv4.tcp_congestion_control=nosuch', 'a container may take'],
    ['net.ipv4.conf.*.rp_filter=1', 'is not an interface'],
    ['net.ipv4.conf.lxc*.rp_filter=1', 'is not an interface'],
    ['net.ipv4.conf.ifname.rp_filter=1', 'is not an interface'],
    [`net.ipv4.conf.\${IFNAME}.rp_filter=1`, 'is not an interface'],
    ['net.ipv4.neigh.IFNAME.nosuch=1', 'does not exist on Linux'],
  ])('%s', (sysctl, reason) => {
    const { conflist, into } = newNode()
    const { status, stdout, stderr } = type([...into, '--sysctl', sysctl])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(reason)
    expect(readFileSync(conflist, 'utf8')).toBe(BARE)
  })
})

test('every sysctl of the neighbour tables of an interface can be set: none of them is of the whole node', () => {
  const names = ['ipv4', 'ipv6'].flatMap((family) => {
    const folder = `/proc/sys/net/${family}/neigh/lo`
    return readdirSync(folder).map((name) => ({ name: `net.${family}.neigh.IFNAME.${name}`, path: join(folder, name) }))
  })
  expect(names.length).toBeGreaterThanOrEqual(34)
  const keys = names.flatMap(({ name, path }) => ['--sysctl', `${name}=${readFileSync(path, 'utf8').trim()}`])
  const { into } = newNode()
  expect(type([...into, ...keys])).toMatchObject({ status: 0, stderr: '' })
  const { stdout } = type(['explain', ...names.map(({ name }) => name)])
  expect(stdout).not.toMatch(/whole node|only on the host/)
  expect(stdout.match(/ yes /g)).toHaveLength(names.length)
})

test('an interface that only some containers have is a warning', () => {
  const { into } = newNode()
  expect(type([...into, '--sysctl', 'net.ipv4.conf.eth1.rp_filter=1'])).toMatchObject({
    status: 0,
    stderr:
      "netns-sysctl: warning: net.ipv4.conf.eth1.rp_filter: only a container with an interface eth1 starts; write IFNAME for the container's own\n",
  })
})

/** Lint's findings for an entry, without the file's name. */
function lintEntry(entry: Readonly<Record<string, unknown>>, ...options: string[]): string[] {
  const { conflist } = newNode()
  writeFileSync(conflist, listOf(entry))
  return type(['lint', conflist, ...options])
    .stdout.trimEnd()
    .replaceAll(`${conflist}:`, '')
    .split('\n')
}

test('what a later write overwrites is found, with what does it', () => {
  const lost =
    'error: net.ipv4.conf.IFNAME.forwarding: "0" does not last: net.ipv4.ip_forward is written later and makes it "1"; leave one of the two out, because runtimes sort the sysctls of an entry by name'
  const sysctl = { 'net.ipv4.conf.IFNAME.forwarding': 0, 'net.ipv4.ip_forward': 1 }
  expect(lintEntry({ sysctl })).toEqual([`9:9: ${lost}`])
  // A runtime does not keep the order of the text.
  expect(lintEntry({ sysctl: Object.fromEntries(Object.entries(sysctl).reverse()) })).toEqual([`10:9: ${lost}`])
})

test('the interface is a veth: it takes no MTU that a veth refuses', () => {
  expect(lintEntry({ mtu: 65536 })).toEqual([
    '8:7: error: mtu of eth0: the kernel refuses 65536 (EINVAL): out of the range of the device, which is 68 to 65535 for a veth; it holds 1500',
  ])
  expect(lintEntry({ mtu: 9000, mac: '0a:58:0a:f4:01:02', promisc: true, txQLen: 5 })).toEqual([' nothing found'])
})

test('what is inherited is rehearsed with all the rest', () => {
  const entry = { inherit: ['net.ipv4.conf.IFNAME.*', 'net.ipv4.*', 'net.core.*'], sysctl: { 'net.core.somaxconn': 5 } }
  expect(lintEntry(entry).filter((line) => line.includes('error'))).toEqual([])
})

test('in a user namespace it is rehearsed too, each entry in a netns of its own', () => {
  const { folder, conflist } = newNode()
  const bad = listOf({ sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': '99999999999' } })
  writeFileSync(conflist, bad)
  writeFileSync(join(folder, '20-y.conflist'), bad)
  const { stdout } = run(['unshare', '--user', '--map-root-user', EXECUTABLE, 'lint', folder], {
    env: { KUBERNETES_SERVICE_HOST: undefined },
  })
  expect(
    stdout.match(/9:9: error: net\.ipv4\.conf\.IFNAME\.rp_filter: the kernel refuses "99999999999"/g),
  ).toHaveLength(2)
})

/** The script runs on a node of its own, with an allowlist for net.ipv4 alone; `pod` runs what follows in a pod there. */
function onNode(script: string, into: readonly string[]): string[] {
  const setUp = `
    mount -n -t tmpfs none /etc && mkdir -p /etc/cni/tuning "$HOST" && echo '^net\\.ipv4\\.' >/etc/cni/tuning/allowlist.conf
    echo 77 >/proc/sys/net/ipv4/tcp_keepalive_time
    pod() {
      unshare --mount --net sh -c '
        mount -n --rbind / "$HOST" && umount -n /etc && mount -n --bind /proc/sys /proc/sys && mount -n -o remount,bind,ro /proc/sys
        export KUBERNETES_SERVICE_HOST=10.0.0.1; "$@" 2>&1 | head -1' pod "$@"
    }
    install() { pod "$@" ${[EXECUTABLE, ...into].map((word) => `'${word}'`).join(' ')} --dry-run $ARGS; }
    `
  const folder = newFolder()
  const host = join(folder, 'host')
  mkdirSync(host)
  const words = ['unshare', '--pid', '--fork', '--mount-proc', '--mount', '--net', 'sh', '-ec', setUp + script] as const
  const { stdout, stderr } = run(words, { env: { HOST: host, CNI_COMMAND: undefined } })
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n')
}

describe('in a pod of the node', () => {
  const { folder, into } = newNode()
  const WOULD = `would copy itself to ${join(folder, 'bin/netns-sysctl')}`
  const only = (...capabilities: string[]) =>
    `setpriv --inh-caps=-all --bounding-set=${['-all', ...capabilities.map((each) => `+${each}`)].join()}`

  test('without --host-root nothing is known of the node, and that is said', () => {
    const [line] = onNode(`ARGS='--sysctl net.ipv4.ip_default_ttl=64' install`, into)
    expect(line).toMatch(
      /^netns-sysctl: not looked at: the node's allowlist .*: this runs in a pod; .*--unchecked installs it all the same$/,
    )
  })

  test("with it, the node's allowlist, its kernel and its values count", () => {
    const lines = onNode(
      `R="--host-root $HOST"
       ARGS="$R --sysctl net.ipv4.ip_default_ttl=64 --inherit net.ipv4.tcp_keepalive_time" install
       ARGS="$R --sysctl net.core.somaxconn=5" install
       ARGS="$R --sysctl net.ipv4.ip_default_ttl=999" install`,
      into,
    )
    expect(lines).toEqual([
      WOULD,
      expect.stringContaining('net.core.somaxconn: is not allowed on this node by /etc/cni/tuning/allowlist.conf'),
      expect.stringContaining('net.ipv4.ip_default_ttl: the kernel refuses "999" (EINVAL)'),
    ])
  })

  test('what a capability is missing for is said', () => {
    const lines = onNode(
      `R="--host-root $HOST"
       ARGS="$R --sysctl net.ipv4.conf.IFNAME.rp_filter=2" install ${only('sys_admin', 'net_admin')}
       ARGS="$R --sysctl net.ipv4.conf.IFNAME.rp_filter=2" install ${only('sys_admin')}
       ARGS="$R --inherit net.ipv4.tcp_keepalive_time" install ${only('sys_admin', 'net_admin')}
       ARGS="$R --inherit net.ipv4.tcp_keepalive_time" install ${only('sys_admin', 'net_admin', 'sys_ptrace')}
       ARGS="$R --sysctl net.ipv4.conf.IFNAME.rp_filter=2" install ${only()}`,
      into,
    )
    expect(lines).toEqual([
      WOULD,
      'netns-sysctl: note: no veth could be made (EPERM), which takes CAP_NET_ADMIN: rehearsed on lo, which takes MTUs that a veth refuses',
      expect.stringMatching(
        /not looked at: the node's own sysctls, which "inherit" copies: .* needs CAP_SYS_ADMIN and CAP_SYS_PTRACE/,
      ),
      expect.stringMatching(/./),
      expect.stringMatching(/not looked at: what a container has: making a network namespace needs root; --unchecked/),
    ])
  })
})
