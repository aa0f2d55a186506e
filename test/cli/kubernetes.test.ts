import { readFileSync, writeFileSync } from 'node:fs'
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

/** The plugin's request for one pod: its entry in the list, and the runtime's members. */
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
