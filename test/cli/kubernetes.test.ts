import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { newDataDir } from '../helpers/data-dir.ts'
import { type Outcome, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { newFolder, type } from '../helpers/operator.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls } from '../helpers/sysctls.ts'

const EXAMPLES = join(import.meta.dirname, '../../conf-examples')
const read = (name: string) => readFileSync(join(EXAMPLES, name), 'utf8')

interface Plugin {
  readonly type: string
  readonly [member: string]: unknown
}

interface ConfList {
  readonly cniVersion: string
  readonly name: string
  readonly plugins: readonly Plugin[]
}

interface Pod {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
}

let netns: Netns
beforeEach(async () => {
  netns = await createNetns()
  addVeth(netns)
})
afterEach(() => netns.close())

/** What the plugin makes of the requests for one pod: its entry in the list, and what the runtime adds. */
function callFor({ cniVersion, name, plugins }: ConfList, added: Readonly<Record<string, unknown>>) {
  const own = plugins.find((plugin) => plugin.type === 'netns-sysctl')
  const prevResult = { ...PREV_RESULT, cniVersion }
  const stdin = JSON.stringify({ ...own, name, cniVersion, prevResult, dataDir: newDataDir(), ...added })
  return (command: string): Outcome => outcomeOf(netns, command, { stdin })
}

const NOTHING: Outcome = { exitCode: 0, answer: undefined }

describe('pod.yaml', () => {
  const { metadata } = parse(read('kubernetes/pod.yaml')) as Pod
  const list = JSON.parse(read('pod-annotations.conflist')) as ConfList

  test('gets what its annotation asks for, with pod-annotations.conflist', () => {
    const call = callFor(list, { runtimeConfig: { 'io.kubernetes.cri.pod-annotations': metadata.annotations } })
    expect(call('ADD').exitCode).toBe(0)
    expect(readSysctls(netns, ['net/core/somaxconn', 'net/ipv4/ip_local_port_range'])).toEqual({
      'net/core/somaxconn': '16384',
      'net/ipv4/ip_local_port_range': '1024 65535',
    })
    expect(call('CHECK')).toEqual(NOTHING)
    expect(call('DEL')).toEqual(NOTHING)
    expect(readSysctls(netns, ['net/ipv4/ip_local_port_range'])).toEqual({
      'net/ipv4/ip_local_port_range': '32768 60999',
    })
  })
})

describe('multus.yaml', () => {
  const [definition, pod] = parseAllDocuments(read('kubernetes/multus.yaml')).map(
    (document) => document.toJS() as unknown,
  )
  const { config } = (definition as { spec: { config: string } }).spec
  const networks = JSON.parse((pod as Pod).metadata.annotations['k8s.v1.cni.cncf.io/networks'] ?? '') as {
    name: string
    'cni-args': Record<string, unknown>
  }[]

  test('has a conflist in which lint finds nothing', () => {
    const file = join(newFolder(), 'multus.conflist')
    writeFileSync(file, config)
    expect(type(['lint', file])).toEqual({ status: 0, stdout: `${file}: nothing found\n`, stderr: '' })
  })

  test('gives its pod what the cni-args ask for, and the network its own', () => {
    const list = JSON.parse(config) as ConfList
    const [network] = networks
    expect(networks.map(({ name }) => name)).toEqual([(definition as { metadata: { name: string } }).metadata.name])
    const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': null }
    const call = callFor(list, { runtimeConfig, args: { cni: network?.['cni-args'] } })
    expect(call('ADD').exitCode).toBe(0)
    expect(readSysctls(netns, ['net/core/somaxconn', 'net/ipv4/conf/eth0/rp_filter'])).toEqual({
      'net/core/somaxconn': '32768',
      'net/ipv4/conf/eth0/rp_filter': '2',
    })
    expect(call('CHECK')).toEqual(NOTHING)
    expect(call('DEL')).toEqual(NOTHING)
  })

  test('lets no pod have more than that', () => {
    const call = callFor(JSON.parse(config) as ConfList, { args: { cni: { sysctl: { 'net.ipv4.ip_forward': '1' } } } })
    expect(call('ADD')).toMatchObject({ exitCode: 1, answer: { code: 100 } })
  })
})

describe('daemonset.yaml', () => {
  interface Container {
    readonly image: string
    readonly args: readonly string[]
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
  }
  interface DaemonSet {
    readonly spec: {
      readonly template: {
        readonly spec: {
          readonly initContainers: readonly Container[]
          readonly volumes: readonly { readonly name: string; readonly hostPath: { readonly path: string } }[]
        }
      }
    }
  }
  const { initContainers, volumes } = (parse(read('kubernetes/daemonset.yaml')) as DaemonSet).spec.template.spec
  const [{ args, volumeMounts, image }] = initContainers as [Container]

  /** A node with Flannel: its folders, by the volumes of the pod, and the container's arguments for these. */
  function createNode(): { conflist: string; binDir: string; words: readonly string[] } {
    const node = newFolder()
    for (const { hostPath } of volumes) mkdirSync(join(node, hostPath.path), { recursive: true })
    const { plugins, ...rest } = JSON.parse(read('flannel.conflist')) as ConfList
    const flannel = { ...rest, plugins: plugins.filter((plugin) => plugin.type !== 'netns-sysctl') }
    const conflist = join(node, '/etc/cni/net.d/10-flannel.conflist')
    writeFileSync(conflist, `${JSON.stringify(flannel, undefined, 2)}\n`)
    const words = args.map((word) =>
      volumeMounts.reduce((mapped, { name, mountPath }) => {
        const path = volumes.find((volume) => volume.name === name)?.hostPath.path ?? ''
        return mapped.replace(`=${mountPath}`, `=${join(node, path)}`)
      }, word),
    )
    return { conflist, binDir: join(node, '/opt/cni/bin'), words }
  }

  test('installs the plugin on a node with Flannel, and at the next start of the pod changes nothing', () => {
    const { conflist, binDir, words } = createNode()
    expect(words.filter((word) => word.includes('/host'))).toEqual([])
    expect(type(words)).toMatchObject({ status: 0, stderr: '' })
    const { plugins, ...rest } = JSON.parse(read('flannel.conflist')) as ConfList
    const installed = readFileSync(conflist, 'utf8')
    expect(JSON.parse(installed)).toEqual({
      ...rest,
      plugins: [
        ...plugins.slice(0, -1),
        {
          type: 'netns-sysctl',
          sysctl: { 'net.core.somaxconn': '16384', 'net.ipv4.ip_local_port_range': '1024 65535' },
          inherit: ['net.ipv4.tcp_keepalive_*'],
        },
      ],
    })
    expect(type(['lint', conflist]).status).toBe(0)
    const trace = () => [conflist, join(binDir, 'netns-sysctl')].map((path) => statSync(path).mtimeMs)
    const before = trace()
    expect(type(words).stdout).toBe(`is as it should be: ${binDir}/netns-sysctl\nis as it should be: ${conflist}\n`)
    expect([readFileSync(conflist, 'utf8'), trace()]).toEqual([installed, before])
  })

  test('has the image that the Dockerfile makes, which starts the executable', () => {
    const dockerfile = read('kubernetes/Dockerfile')
    expect(dockerfile).toContain(` -t ${image} .\n`)
    const [, copied] = /^COPY dist\/netns-sysctl (\S+)$/m.exec(dockerfile) ?? []
    expect(dockerfile).toContain(`\nENTRYPOINT ["${copied}"]\n`)
  })
})
