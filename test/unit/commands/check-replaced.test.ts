import { describe, expect, test } from 'vitest'
import { Refusal } from '../../helpers/fake-files.ts'
import { type Asked, ask, errorDocument } from '../../helpers/requests.ts'

const KEY = 'net.core.somaxconn'
const PATH = '/proc/sys/net/core/somaxconn'
const OF_WEB: Asked['env'] = { CNI_ARGS: 'K8S_POD_NAMESPACE=web;K8S_POD_NAME=p' }

/** A network that sets a value, a profile that copies patterns, and no record that knows which of both was written. */
const withoutRecord = (inherit: readonly string[], conf: Readonly<Record<string, unknown>> = {}) => ({
  sysctl: { [KEY]: 1000 },
  profiles: { web: { inherit } },
  namespaces: { web: { profile: 'web' } },
  restoreOnDel: false,
  ...conf,
})

describe("CHECK without a record holds to the network's value", () => {
  test.each([
    ['where the profile copies another key', withoutRecord(['net.ipv4.ip_forward'])],
    ['where the profile copies keys of another folder', withoutRecord(['net.ipv4.*'])],
    ['where the network itself copies the key', withoutRecord([], { inherit: [KEY] })],
    ['where the network itself copies keys like it', withoutRecord([], { inherit: ['net.core.*'] })],
  ])('%s', (_, conf) => {
    expect(ask('CHECK', { conf, env: OF_WEB, container: { [PATH]: '5\n' } }).answer).toEqual(
      errorDocument(102, `${KEY}: is "5", not "1000"`),
    )
  })

  test.each([[KEY], ['net.core.*']])(
    'but not where the profile copies it, because nobody knows what: %s',
    (pattern) => {
      const asked = { conf: withoutRecord([pattern]), env: OF_WEB, container: { [PATH]: '5\n' } }
      expect(ask('CHECK', asked)).toMatchObject({ exitCode: 0, stdout: '' })
    },
  )
})

describe('IFNAME in what a profile copies is the interface of the request', () => {
  test.each(['eth0', 'eth0.1', 'a.b.c'])('%s', (ifName) => {
    const sysctl = { 'net.ipv4.conf.IFNAME.rp_filter': 1 }
    const container = {
      [`/proc/sys/net/ipv4/conf/${ifName}/rp_filter`]: '2\n',
      '/proc/thread-self/net/dev': `a\nb\n lo: 0\n${ifName}: 0\n`,
    }
    const env = { ...OF_WEB, CNI_IFNAME: ifName }
    const check = (pattern: string) => ask('CHECK', { conf: withoutRecord([pattern], { sysctl }), env, container })
    expect(check('net.ipv4.conf.IFNAME.rp_filter')).toMatchObject({ exitCode: 0, stdout: '' })
    expect(check('net.ipv4.conf.lo.rp_filter').answer).toMatchObject({
      code: 102,
      msg: `net.ipv4.conf.${ifName.replaceAll('.', '/')}.rp_filter: is "2", not "1"`,
    })
  })
})

test("CHECK holds to the network's value where the record tells that the profile's was refused", () => {
  const accept = (text: string) => {
    if (text.trim() === '7777') throw new Refusal('EINVAL', undefined)
    return text
  }
  const asked = { conf: withoutRecord(['net.core.*'], { restoreOnDel: true }), env: OF_WEB }
  const added = ask('ADD', { ...asked, host: { [PATH]: '7777\n' }, container: { [PATH]: { text: '4096\n', accept } } })
  expect(added.exitCode).toBe(0)
  expect(ask('CHECK', { ...asked, after: added, container: { [PATH]: '5\n' } }).answer).toEqual(
    errorDocument(102, `${KEY}: is "5", not "1000"`),
  )
})
