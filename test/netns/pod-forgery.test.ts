import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

// A pod writes its annotations, and chooses its name within what Kubernetes lets it. Everything else comes from the runtime or
// the administrator.

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const BEFORE: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/tcp_fin_timeout': '60' }
const OF_DEFAULT: Sysctls = { ...BEFORE, 'net/core/somaxconn': '1024' }
beforeEach(() => writeSysctls(netns, BEFORE))
const valuesNow = () => readSysctls(netns, Object.keys(BEFORE))

const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'
const conf = {
  sysctl: { 'net.core.somaxconn': 1024 },
  profiles: {
    web: { sysctl: { 'net.core.somaxconn': 16384 } },
    secret: { sysctl: { 'net.ipv4.tcp_fin_timeout': 7 } },
  },
  namespaces: {
    'ingress-*': { profile: 'secret', pod: { allow: ['net.ipv4.tcp_*'], profiles: ['secret'] } },
  },
  pod: { allow: ['net.core.somaxconn'], profiles: ['web'] },
}

interface Forged {
  readonly annotations?: Readonly<Record<string, unknown>>
  readonly args?: string
}

function add({ annotations = {}, args = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=p' }: Forged) {
  const runtimeConfig = { [POD_ANNOTATIONS]: annotations }
  return outcomeOf(netns, 'ADD', { conf: { ...conf, runtimeConfig }, env: { CNI_ARGS: args } })
}

test('a pod of the namespace gets what is its own, so that the others would be seen', () => {
  expect(add({ args: 'K8S_POD_NAMESPACE=ingress-1;K8S_POD_NAME=p' })).toMatchObject({ exitCode: 0 })
  expect(valuesNow()).toEqual({ 'net/core/somaxconn': '1024', 'net/ipv4/tcp_fin_timeout': '7' })
})

describe('an annotation does not tell of another namespace', () => {
  test.each([
    { K8S_POD_NAMESPACE: 'ingress-1' },
    { 'netns-sysctl/namespace': 'ingress-1' },
    { 'netns-sysctl/K8S_POD_NAMESPACE': 'ingress-1' },
    { 'io.kubernetes.pod.namespace': 'ingress-1' },
    { 'io.kubernetes.cri.sandbox-namespace': 'ingress-1' },
    { CNI_ARGS: 'K8S_POD_NAMESPACE=ingress-1' },
    { namespaces: { default: { profile: 'secret' } } },
    { profiles: { web: { sysctl: { 'net.ipv4.tcp_fin_timeout': 7 } } } },
    { pod: { allow: ['net.*'] } },
    { args: { cni: { sysctl: { 'net.ipv4.tcp_fin_timeout': 7 } } } },
  ])('%j', (annotations) => {
    expect(add({ annotations })).toMatchObject({ exitCode: 0 })
    expect(valuesNow()).toEqual(OF_DEFAULT)
  })
})

describe('an annotation does not choose a profile of others', () => {
  test.each([
    'secret',
    'SECRET',
    ' secret',
    'secret\n',
    'web,secret',
    'web secret',
    'web\u0000secret',
    '["secret"]',
    '*',
    's*',
    '../secret',
    'profiles.secret',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'WEB',
    'web\u200b',
  ])('%j', (profile) => {
    const { exitCode, answer } = add({ annotations: { 'netns-sysctl/profile': profile } })
    expect([exitCode, answer]).toMatchObject([1, { code: expect.toBeOneOf([7, 100]) }])
    expect(valuesNow()).toEqual(BEFORE)
  })

  test.each([1, true, null, ['secret'], { secret: 1 }])('%j, which is not a text', (profile) => {
    add({ annotations: { 'netns-sysctl/profile': profile } })
    expect(valuesNow()['net/ipv4/tcp_fin_timeout']).toBe('60')
  })

  test.each([
    'netns-sysctl/Profile',
    'netns-sysctl/profile ',
    'NETNS-SYSCTL/profile',
    'netns-sysctl/profiles',
    'profile',
  ])('by the name %j', (name) => {
    expect(add({ annotations: { [name]: 'secret' } })).toMatchObject({ exitCode: 0 })
    expect(valuesNow()).toEqual(OF_DEFAULT)
  })

  test('though it may choose its own', () => {
    expect(add({ annotations: { 'netns-sysctl/profile': 'web' } })).toMatchObject({ exitCode: 0 })
    expect(valuesNow()).toEqual({ ...BEFORE, 'net/core/somaxconn': '16384' })
  })
})

describe('what another namespace may set, this one may not', () => {
  test.each([
    'net.ipv4.tcp_fin_timeout = 7',
    'K8S_POD_NAMESPACE=ingress-1\nnet.ipv4.tcp_fin_timeout = 7',
    '-net.ipv4.tcp_fin_timeout = 7',
  ])('%j', (text) => {
    expect(add({ annotations: { 'netns-sysctl/sysctls': text } })).toMatchObject({ exitCode: 1 })
    expect(valuesNow()).toEqual(BEFORE)
  })
})

describe('a name of a pod does not smuggle a namespace in', () => {
  test.each([
    'K8S_POD_NAMESPACE=default;K8S_POD_NAME=p;K8S_POD_NAMESPACE=ingress-1',
    'K8S_POD_NAMESPACE=ingress-1;K8S_POD_NAME=p;K8S_POD_NAMESPACE=default',
    'K8S_POD_NAMESPACE=default,ingress-1;K8S_POD_NAME=p',
    'K8S_POD_NAMESPACE=INGRESS-1;K8S_POD_NAME=p',
    'K8S_POD_NAMESPACE=ingress-1/x;K8S_POD_NAME=p',
    'K8S_POD_NAMESPACE=ingress-*;K8S_POD_NAME=p',
    'K8S_POD_NAMESPACE=ingress-1 ;K8S_POD_NAME=p',
  ])('%s is refused', (args) => {
    expect(add({ args })).toMatchObject({ exitCode: 1, answer: { code: 4 } })
    expect(valuesNow()).toEqual(BEFORE)
  })

  test.each([
    'K8S_POD_NAMESPACE=default;K8S_POD_NAME=ingress-1',
    'k8s_pod_namespace=ingress-1;K8S_POD_NAME=p',
    'X=K8S_POD_NAMESPACE=ingress-1;K8S_POD_NAME=p',
    'K8S_POD_NAMESPACE=;K8S_POD_NAME=p',
    'K8S_POD_NAMESPACE=xingress-1;K8S_POD_NAME=p',
  ])('%s is another or none', (args) => {
    add({ args })
    expect(valuesNow()['net/ipv4/tcp_fin_timeout']).toBe('60')
  })
})
