import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'
const BEFORE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_local_port_range': '32768 60999',
  'net/ipv4/tcp_syncookies': '1',
  'net/ipv4/conf/eth0/rp_filter': '0',
}
/** The network's own settings, in the captures. */
const BY_NETWORK: Sysctls = { ...BEFORE, 'net/core/somaxconn': '1024', 'net/ipv4/ip_local_port_range': '1024 65535' }
const allow = ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*', 'net.ipv4.conf.IFNAME.*']
const ALLOWED = "this network's pods may set net.core.somaxconn, net.ipv4.tcp_keepalive_*, net.ipv4.conf.IFNAME.*"
const ASK_FOR_IT = "the network's configuration allows it in pod.allow"
const now = () => readSysctls(netns, Object.keys(BEFORE))

beforeEach(() => writeSysctls(netns, BEFORE))

interface Capture {
  readonly env: Readonly<Record<string, string>>
  readonly stdin: { readonly cniVersion: string; readonly prevResult: object; readonly sysctl: object }
}

/** Requests that containerd has sent for pods of a network with the capability. */
const SENT: readonly (readonly [runtime: string, capture: Capture])[] = [
  'containerd-1.6.20-cri',
  'containerd-2.1.9-cri-cni1.1.0',
].map((runtime) => {
  const file = join(import.meta.dirname, `../captures/${runtime}.ADD-runtimeconfig.json`)
  return [runtime, JSON.parse(readFileSync(file, 'utf8')) as Capture]
})

/** Sends a capture again with other annotations, and members of the configuration changed. */
function send({ env, stdin }: Capture, command: string, annotations: unknown, changes: object = {}) {
  const conf = { pod: { allow }, dataDir: newDataDir(), ...changes }
  return outcomeOf(netns, command, {
    env: { ...env, CNI_COMMAND: command, CNI_NETNS: netns.path },
    stdin: JSON.stringify({ ...stdin, ...conf, runtimeConfig: { [POD_ANNOTATIONS]: annotations } }),
    ...('wrap' in changes && { wrap: changes.wrap as ReturnType<typeof withEtc> }),
  })
}

const saying = (text: string) => ({ 'example.com/a': 'b', 'netns-sysctl/sysctls': text })

describe.each(SENT)('a pod of %s', (_, capture) => {
  const { cniVersion, prevResult } = capture.stdin
  const added = { exitCode: 0, answer: { ...prevResult, cniVersion } }
  const podName = `pod ${/K8S_POD_NAMESPACE=([^;]+)/.exec(capture.env.CNI_ARGS ?? '')?.[1]}/${/K8S_POD_NAME=([^;]+)/.exec(capture.env.CNI_ARGS ?? '')?.[1]}`
  const refused = (code: number, msg: string, details: string) => ({
    exitCode: 1,
    answer: errorDocument(code, msg, details, cniVersion),
  })

  test('gets what it asks for, over what the network sets', () => {
    const text =
      '# listens a lot\nnet.core.somaxconn = 16384\n\n; reverse paths\r\n net/ipv4/conf/IFNAME/rp_filter=2 \r\n'
    expect(send(capture, 'ADD', saying(text))).toEqual(added)
    expect(now()).toEqual({ ...BY_NETWORK, 'net/core/somaxconn': '16384', 'net/ipv4/conf/eth0/rp_filter': '2' })
  })

  test.each([
    ['null', null],
    ['{}', {}],
    ['those of others', { 'example.com/a': 'b' }],
    ['an empty one', saying('')],
    ['one with comments only', saying('# nothing\n;\n \n')],
  ])('with annotations %s asks for nothing', (_name, annotations) => {
    expect(send(capture, 'ADD', annotations)).toEqual(added)
    expect(now()).toEqual(BY_NETWORK)
  })

  test('that asks for too much does not start, and is told why', () => {
    const text = 'net.core.somaxconn = 16384\nnet.ipv4.tcp_syncookies = 0\n-net.ipv4.ip_local_port_range = 1 2\n'
    const reason = `${podName} may not set it; ${ALLOWED}`
    expect(send(capture, 'ADD', saying(text))).toEqual(
      refused(100, `net.ipv4.tcp_syncookies: ${reason}; net.ipv4.ip_local_port_range: ${reason}`, ASK_FOR_IT),
    )
    expect(now()).toEqual(BEFORE)
  })

  test('may set nothing if nothing is allowed', () => {
    const reason = `${podName} may not set it; this network's pods may set nothing`
    for (const pod of [{}, { allow: [] }]) {
      expect(send(capture, 'ADD', saying('net.core.somaxconn=1'), { pod })).toEqual(
        refused(100, `net.core.somaxconn: ${reason}`, ASK_FOR_IT),
      )
    }
    expect(now()).toEqual(BEFORE)
  })

  test('is told the lines that are none', () => {
    const text = 'net.core.somaxconn = 1\nnet.core.somaxconn\n= 2\nnet core=3\n'
    const line = (number: number, shown: string) =>
      `annotation netns-sysctl/sysctls, line ${number}: ${JSON.stringify(shown)} is not "name = value"`
    expect(send(capture, 'ADD', saying(text))).toEqual(
      refused(
        7,
        [line(2, 'net.core.somaxconn'), line(3, '= 2'), line(4, 'net core=3')].join('; '),
        'one "name = value" a line, as in sysctl.d(5)',
      ),
    )
    expect(now()).toEqual(BEFORE)
  })

  test('is told what the kernel refuses', () => {
    expect(send(capture, 'ADD', saying('net.ipv4.tcp_keepalive_probes = 300'))).toEqual(
      refused(
        101,
        'net.ipv4.tcp_keepalive_probes: the kernel refuses "300" (EINVAL): out of range; it holds "9"',
        'everything written before was put back',
      ),
    )
    expect(now()).toEqual(BEFORE)
  })

  test('may use another annotation where the network names it', () => {
    const pod = { allow, annotation: 'example.com/a' }
    const annotations = { 'example.com/a': 'net.core.somaxconn=5', 'netns-sysctl/sysctls': 'net.core.somaxconn=6' }
    expect(send(capture, 'ADD', annotations, { pod })).toEqual(added)
    expect(now()).toMatchObject({ 'net/core/somaxconn': '5' })
  })

  test('is not asked where the network has no pod', () => {
    expect(send(capture, 'ADD', saying('net.core.somaxconn=5\nbad'), { pod: undefined })).toEqual(added)
    expect(now()).toEqual(BY_NETWORK)
  })

  test("is held to the node's allowlist too", () => {
    const path = '/etc/cni/netns-sysctl/allowlist.conf'
    const files = { [path]: '^net\\.core\\.\n^net\\.ipv4\\.ip_local_port_range$' }
    const changes = { wrap: withEtc(files) }
    expect(send(capture, 'ADD', saying('net.core.somaxconn=5'), changes)).toEqual(added)
    expect(send(capture, 'ADD', saying('net.ipv4.conf.IFNAME.rp_filter=2'), changes)).toEqual(
      refused(
        100,
        `net.ipv4.conf.IFNAME.rp_filter: is not allowed on this node by ${path}`,
        `${path} allows ^net\\.core\\., ^net\\.ipv4\\.ip_local_port_range$`,
      ),
    )
  })

  test('is checked, and undone', () => {
    const changes = { dataDir: newDataDir() }
    const annotations = saying('net.core.somaxconn = 16384\nnet.ipv4.conf.IFNAME.rp_filter = 2')
    expect(send(capture, 'ADD', annotations, changes)).toEqual(added)
    expect(send(capture, 'CHECK', annotations, changes)).toEqual({ exitCode: 0, answer: undefined })
    writeSysctls(netns, { 'net/ipv4/conf/eth0/rp_filter': '1' })
    expect(send(capture, 'CHECK', annotations, changes)).toMatchObject({
      exitCode: 1,
      answer: { code: 102, msg: 'net.ipv4.conf.eth0.rp_filter: is "1", not "2"' },
    })
    // The annotations may be gone by then.
    expect(send(capture, 'DEL', null, changes)).toEqual({ exitCode: 0, answer: undefined })
    expect(now()).toEqual({ ...BEFORE, 'net/ipv4/conf/eth0/rp_filter': '1' })
    expect(namesIn(changes.dataDir)).toEqual([])
  })
})

describe('args.cni.sysctl', () => {
  const args = (sysctl: object) => ({ args: { cni: { sysctl } }, pod: { allow } })

  test('is held to pod.allow', () => {
    const conf = args({ 'net.core.somaxconn': 7, 'net.ipv4.tcp_syncookies': 0 })
    expect(outcomeOf(netns, 'ADD', { conf })).toEqual({
      exitCode: 1,
      answer: errorDocument(100, `net.ipv4.tcp_syncookies: the pod may not set it; ${ALLOWED}`, ASK_FOR_IT),
    })
    expect(now()).toEqual(BEFORE)
  })

  test('is taken where it is allowed', () => {
    const conf = args({ 'net.core.somaxconn': 7, 'net.ipv4.conf.IFNAME.rp_filter': 1 })
    expect(outcomeOf(netns, 'ADD', { conf })).toMatchObject({ exitCode: 0 })
    expect(now()).toEqual({ ...BEFORE, 'net/core/somaxconn': '7', 'net/ipv4/conf/eth0/rp_filter': '1' })
  })
})
