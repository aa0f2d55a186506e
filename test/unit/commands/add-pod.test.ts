import { describe, expect, test } from 'vitest'
import { type Asked, ask, CONTAINER, errorDocument } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'
const ALLOW = ['net.core.somaxconn', 'net.ipv4.conf.IFNAME.*', 'net.ipv4.tcp_*']
const POD_ARGS = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0'

/** ADD for a pod with this annotation. */
function addPod(annotation: unknown, conf: Readonly<Record<string, unknown>> = {}, asked: Asked = {}) {
  const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': { 'a/b': 'x', 'netns-sysctl/sysctls': annotation } }
  const env = { CNI_ARGS: POD_ARGS, ...asked.env }
  const answered = ask('ADD', { ...asked, env, conf: { pod: { allow: ALLOW }, runtimeConfig, ...conf } })
  const prefix = `${CONTAINER} ${SYS}/`
  const lines = answered.os.writes.filter((line) => line.startsWith(prefix))
  return { ...answered, writes: lines.map((line) => line.slice(prefix.length)) }
}

describe('a pod sets', () => {
  test('what its annotation asks for and the network allows', () => {
    const text = '# mine\nnet.core.somaxconn = 16384\nnet/ipv4/conf/IFNAME/rp_filter=2\n-net.ipv4.tcp_nosuch = 1\n'
    const { exitCode, writes, os } = addPod(text, { sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 } })
    expect([exitCode, writes]).toEqual([0, ['core/somaxconn 16384', 'ipv4/ip_forward 1', 'ipv4/conf/eth0/rp_filter 2']])
    expect(os.stderr()).toBe('netns-sysctl: net.ipv4.tcp_nosuch: not set (ENOENT), ignored because of its "-"\n')
  })

  test.each([
    ['null', null],
    ['{}', {}],
    ['none of ours', { 'example.org/x': 'net.core.somaxconn=1' }],
    ['an empty one', { 'netns-sysctl/sysctls': '' }],
    ['only comments', { 'netns-sysctl/sysctls': '# net.core.somaxconn=1\n' }],
  ])('nothing if its annotations are %s', (_, annotations) => {
    const { exitCode, os } = ask('ADD', {
      conf: { pod: { allow: ALLOW }, runtimeConfig: { 'io.kubernetes.cri.pod-annotations': annotations } },
    })
    expect([exitCode, os.writes]).toEqual([0, []])
  })

  test('nothing if the network has no pod, whatever it asks for', () => {
    expect(addPod('kernel.panic', { pod: undefined })).toMatchObject({ exitCode: 0, writes: [] })
  })

  test('and the record and CHECK know of it', () => {
    const added = addPod('net.core.somaxconn = 16384')
    const runtimeConfig = {
      'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': 'net.core.somaxconn = 16384' },
    }
    const conf = { pod: { allow: ALLOW }, runtimeConfig }
    expect(ask('CHECK', { after: added, conf }).exitCode).toBe(0)
    const container = { [`${SYS}/core/somaxconn`]: '1\n' }
    expect(ask('CHECK', { after: added, conf, container }).answer).toMatchObject({
      code: 102,
      msg: 'net.core.somaxconn: is "1", not "16384"',
    })
    const restored = ask('DEL', { after: addPod('net.core.somaxconn = 16384'), conf })
    expect(restored.os.textOf(CONTAINER, `${SYS}/core/somaxconn`)).toBe('4096')
  })
})

describe('a pod that asks for more does not start', () => {
  test('and the message says what it may set', () => {
    const { exitCode, answer, os } = addPod('net.core.somaxconn=1\nnet.ipv4.ip_forward=1\n', {}, {})
    expect([exitCode, os.writes]).toEqual([1, []])
    expect(answer).toEqual(
      errorDocument(
        100,
        "net.ipv4.ip_forward: pod default/web-0 may not set it; this network's pods may set net.core.somaxconn, net.ipv4.conf.IFNAME.*, net.ipv4.tcp_*",
        "the network's configuration allows it in pod.allow",
      ),
    )
  })

  test('by args.cni either', () => {
    const args = { cni: { sysctl: { 'net.ipv4.ip_forward': 1 } } }
    expect(addPod('', { args }).answer).toMatchObject({ code: 100 })
    expect(addPod('', { args, pod: undefined })).toMatchObject({ exitCode: 0, writes: ['ipv4/ip_forward 1'] })
  })

  test.each([[{}], [{ allow: [] }], [{ allow: null }]])('at all where nothing is allowed: %j', (pod) => {
    const { answer, os } = addPod('net.core.somaxconn=1', { pod }, { env: { CNI_ARGS: '' } })
    expect(answer).toMatchObject({
      code: 100,
      msg: "net.core.somaxconn: the pod may not set it; this network's pods may set nothing",
    })
    expect(os.writes).toEqual([])
  })

  test('than the node allows', () => {
    const files = { '/etc/cni/tuning/allowlist.conf': '^net\\.ipv4\\.' }
    expect(addPod('net.core.somaxconn=1', {}, { files }).answer).toMatchObject({
      code: 100,
      msg: 'net.core.somaxconn: is not allowed on this node by /etc/cni/tuning/allowlist.conf',
    })
  })

  test('than 64 KiB of text', () => {
    expect(addPod('#'.repeat(64 * 1024 + 1)).answer).toMatchObject({
      code: 100,
      msg: 'the annotation netns-sysctl/sysctls is longer than 64 KiB',
    })
  })

  test('and a line that is none is named by its number', () => {
    expect(addPod('net.core.somaxconn=1\n\nnet.core.somaxconn 2\n').answer).toMatchObject({
      code: 7,
      msg: 'annotation netns-sysctl/sysctls, line 3: "net.core.somaxconn 2" is not "name = value"',
    })
  })
})

describe('whoever writes annotations reaches nothing else', () => {
  const container = {
    [`${SYS}/ipv4/conf/eth1/rp_filter`]: '0\n',
    [`${SYS}/ipv4/conf/eth0.100/rp_filter`]: '0\n',
    [`${SYS}/core/somaxconn.x`]: '0\n',
  }

  test.each([
    ['net.ipv4.ip_forward=1'],
    ['net/core/../ipv4/ip_forward=1'],
    ['net.core.somaxconn/../../ipv4/ip_forward=1'],
    ['net.core.//.ipv4.ip_forward=1'],
    ['net/../../../etc/passwd=1'],
    ['/proc/sys/net/core/somaxconn=1'],
    ['../net/core/somaxconn=1'],
    ['net//core/somaxconn=1'],
    ['net.core.somaxconn/=1'],
    ['net.core.somaxconn\0=1'],
    ['net.core.somaxconn\u0007=1'],
    ['net.core.somaxconn.=1'],
    ['net.core.*=1'],
    ['net.ipv4.tcp_*=1'],
    ['net.ipv4.conf.*.rp_filter=1'],
    ['net.ipv4.conf.all.rp_filter=1'],
    ['net.ipv4.conf.default.rp_filter=1'],
    ['net.ipv4.conf.eth0.rp_filter=1'],
    ['net.ipv4.conf.eth1.rp_filter=1'],
    ['net/ipv4/conf/IFNAME.100/rp_filter=1'],
    ['net.ipv4.conf.IFNAME/100.rp_filter=1'],
    ['net.ipv4.conf.IFNAME.IFNAME=1'],
    ['net.ipv4.conf.ifname.rp_filter=1'],
    ['NET.CORE.SOMAXCONN=1'],
    ['net.Core.somaxconn=1'],
    ['--net.core.somaxconn=1'],
    ['- net.core.somaxconn=1'],
    ['net.core.somaxconn=1\rnet.ipv4.ip_forward=1'],
    [`net.ipv4.tcp_${'x'.repeat(1000)}=1`],
    [`net.${'a.'.repeat(10_000)}b=1`],
    ['kernel.core_pattern=|/bin/sh'],
    ['__proto__=1'],
    ['link:eth0:mtu=68'],
  ])('%j', (text) => {
    const { exitCode, answer, writes } = addPod(text, {}, { container })
    expect([exitCode, writes]).toEqual([1, []])
    expect(answer).toMatchObject({ code: expect.toSatisfy((code) => [2, 7, 100, 101].includes(code)) })
  })

  test.each(['all', 'default'])('through a CNI_IFNAME of %s', (ifName) => {
    const { answer, writes } = addPod('net.ipv4.conf.IFNAME.rp_filter=1', {}, { env: { CNI_IFNAME: ifName } })
    expect([answer, writes]).toMatchObject([{ code: 4 }, []])
  })

  test('and a value is one line', () => {
    expect(addPod('net.core.somaxconn=1\r2').answer).toMatchObject({ code: 2 })
  })
})
