import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { type LinkState, readLink, settableTxQLen, writeLink } from '../helpers/links.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const LINK: LinkState = { mac: '0a:00:00:00:00:01', mtu: 1500, promisc: false, allmulti: false, txQLen: 1000 }
const NOTHING = { exitCode: 0, answer: undefined }

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeLink(netns, LINK)
})
const ask = (command: string, conf: object, CNI_ARGS = '') =>
  outcomeOf(netns, command, { conf: { dataDir, ...conf }, env: { CNI_ARGS } })

const FROM_CONF = '0a:00:00:00:00:c0'
const FROM_ENV = '0a:00:00:00:00:e0'
const FROM_RUNTIME = '0a:00:00:00:00:a0'
const FROM_ARGS = '0a:00:00:00:00:aa'

describe('the MAC address', () => {
  const env = `IgnoreUnknown=1;MAC=${FROM_ENV};K8S_POD_NAME=web-0`
  const runtimeConfig = { mac: FROM_RUNTIME }
  const args = { cni: { mac: FROM_ARGS } }

  test.each<[string, object, string, string]>([
    ['of the configuration', { mac: FROM_CONF }, 'IgnoreUnknown=1', FROM_CONF],
    ['of CNI_ARGS', {}, env, FROM_ENV],
    ['of CNI_ARGS without IgnoreUnknown', {}, `K8S_POD_NAME=web-0;MAC=${FROM_ENV}`, FROM_ENV],
    ['of runtimeConfig', { runtimeConfig }, '', FROM_RUNTIME],
    ['of args.cni', { args }, '', FROM_ARGS],
    ['of CNI_ARGS, not of the configuration', { mac: FROM_CONF }, env, FROM_ENV],
    ['of runtimeConfig, not of CNI_ARGS', { mac: FROM_CONF, runtimeConfig }, env, FROM_RUNTIME],
    ['of args.cni, not of runtimeConfig', { mac: FROM_CONF, runtimeConfig, args }, env, FROM_ARGS],
    ['of the configuration where CNI_ARGS has an empty one', { mac: FROM_CONF }, 'MAC=', FROM_CONF],
    ['of CNI_ARGS where runtimeConfig has an empty one', { runtimeConfig: { mac: '' } }, env, FROM_ENV],
    ['that stays where args.cni takes it back', { mac: FROM_CONF, args: { cni: { mac: '' } } }, env, LINK.mac],
    ['that stays where only the wrong case is given', {}, `mac=${FROM_ENV}`, LINK.mac],
  ])('is that %s', (_, conf, CNI_ARGS, mac) => {
    expect(ask('ADD', conf, CNI_ARGS)).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual({ ...LINK, mac })
    expect(ask('CHECK', conf, CNI_ARGS)).toEqual(NOTHING)
    // DEL follows ADD's record.
    expect(ask('DEL', {})).toEqual(NOTHING)
    expect(readLink(netns)).toEqual(LINK)
  })

  test('that loses need not be one', () => {
    expect(ask('ADD', { mac: 'none', args }, 'MAC=none')).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual({ ...LINK, mac: FROM_ARGS })
  })
})

describe('args.cni', () => {
  const wanted = { mtu: 1300, promisc: false, allmulti: true, txQLen: settableTxQLen(300) }

  test('wins over the configuration for every attribute', () => {
    const conf = { mtu: 1400, promisc: true, allmulti: false, txQLen: 400, args: { cni: wanted } }
    expect(ask('ADD', conf)).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual({ ...LINK, ...wanted })
    expect(ask('CHECK', conf)).toEqual(NOTHING)
  })

  test('is enough by itself', () => {
    expect(ask('ADD', { args: { cni: wanted } })).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual({ ...LINK, ...wanted })
  })

  test('with an MTU of 0 takes that of the configuration back', () => {
    expect(ask('ADD', { mtu: 1400, args: { cni: { mtu: 0 } } })).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual(LINK)
  })
})

test('CHECK wants what won', () => {
  const conf = { mac: FROM_CONF, args: { cni: { mtu: 1300 } } }
  expect(ask('CHECK', conf, `MAC=${FROM_ENV}`)).toEqual({
    exitCode: 1,
    answer: errorDocument(102, `mac of eth0: is "${LINK.mac}", not "${FROM_ENV}"; mtu of eth0: is "1500", not "1300"`),
  })
})

interface Capture {
  readonly env: { readonly CNI_ARGS: string }
  readonly stdin: { readonly prevResult: { readonly interfaces: readonly { readonly name: string; mac: string }[] } }
}

test('podman run --mac-address: the MAC address of CNI_ARGS is set and passed on', () => {
  const file = join(import.meta.dirname, '../captures/podman-4.3.1.ADD-ip-args.json')
  const { env, stdin } = JSON.parse(readFileSync(file, 'utf8')) as Capture
  // podman's bridge would have set it; here there is none.
  const resultWith = (mac: string) => ({
    ...stdin.prevResult,
    interfaces: stdin.prevResult.interfaces.map((entry) => (entry.name === 'eth0' ? { ...entry, mac } : entry)),
  })
  const call = {
    env: { ...env, CNI_NETNS: netns.path },
    stdin: JSON.stringify({ ...stdin, dataDir, prevResult: resultWith(LINK.mac) }),
  }
  const mac = '2a:67:ad:13:91:a6'
  expect(env.CNI_ARGS).toContain(`MAC=${mac};`)
  expect(outcomeOf(netns, 'ADD', call)).toEqual({ exitCode: 0, answer: resultWith(mac) })
  expect(readLink(netns)).toEqual({ ...LINK, mac })
})
