import { describe, expect, test } from 'vitest'
import { Refusal } from '../../helpers/fake-files.ts'
import { type Asked, ask, RECORD } from '../../helpers/requests.ts'

const KEY = 'net.core.somaxconn'
const PATH = '/proc/sys/net/core/somaxconn'
const CONTAINER = '/run/netns/c1'
const HOST = { [PATH]: '7777\n' }

const env = { CNI_ARGS: 'K8S_POD_NAMESPACE=web;K8S_POD_NAME=p' }

/** A network that sets a value, and a profile that copies the node's. */
const asked = (inherit: string, conf: Readonly<Record<string, unknown>> = {}): Asked => ({
  conf: {
    sysctl: { [KEY]: 1000 },
    profiles: { web: { inherit: [inherit] } },
    namespaces: { web: { profile: 'web' } },
    ...conf,
  },
  env,
  host: HOST,
})
const valueIn = ({ os }: ReturnType<typeof ask>) => os.state.trees.get(CONTAINER)?.get(PATH)?.text.trim()

describe.each([KEY, 'net.core.somax*'])(
  "what a profile copies takes the place of the network's value: %s",
  (inherit) => {
    test.each([true, false])('CHECK accepts it, restoreOnDel: %s', (restoreOnDel) => {
      const request = asked(inherit, { restoreOnDel })
      const added = ask('ADD', request)
      expect([added.exitCode, valueIn(added)]).toEqual([0, '7777'])
      expect(ask('CHECK', { ...request, after: added })).toMatchObject({ exitCode: 0, answer: undefined })
    })

    test('CHECK reports what has changed since', () => {
      const request = asked(inherit)
      const added = ask('ADD', request)
      const changed = ask('CHECK', { ...request, after: added, container: { [PATH]: '5\n' } })
      expect(changed.answer).toMatchObject({ code: 102, msg: `${KEY}: is "5", not "7777"` })
    })

    test('an annotation wins over it, and CHECK holds to that', () => {
      const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': { 'netns-sysctl/sysctls': `${KEY} = 9` } }
      const request = asked(inherit, { pod: { allow: [KEY] }, runtimeConfig })
      const added = ask('ADD', request)
      expect([added.exitCode, valueIn(added)]).toEqual([0, '9'])
      expect(ask('CHECK', { ...request, after: added }).exitCode).toBe(0)
      const changed = ask('CHECK', { ...request, after: added, container: { [PATH]: '7777\n' } })
      expect(changed.answer).toMatchObject({ code: 102 })
    })
  },
)

describe("the network's value stays where the container does not take what a profile's glob copies", () => {
  const GLOB = 'net.core.*'
  const others = { '/proc/sys/net/core/xfrm_larval_drop': '1\n' }
  const refusing = {
    text: '4096\n',
    accept: (text: string) => {
      if (text.trim() === '7777') throw new Refusal('EINVAL', undefined)
      return text
    },
  }

  test('because the kernel refuses it, and DEL puts back what was there', () => {
    const request = { ...asked(GLOB), host: { ...HOST, ...others }, container: { ...others, [PATH]: refusing } }
    const added = ask('ADD', request)
    expect([added.exitCode, valueIn(added)]).toEqual([0, '1000'])
    const { container: _, ...again } = request
    const checked = ask('CHECK', { ...again, after: added })
    expect(checked).toMatchObject({ exitCode: 0, answer: undefined })
    const deleted = ask('DEL', { ...again, after: checked })
    expect([deleted.exitCode, valueIn(deleted)]).toEqual([0, '4096'])
  })

  test('with restoreOnDel off too, and no record is kept', () => {
    const request = { ...asked(GLOB, { restoreOnDel: false }), host: { ...HOST, ...others } }
    const added = ask('ADD', { ...request, container: { ...others, [PATH]: refusing } })
    expect([added.exitCode, valueIn(added), added.os.state.shared.has(RECORD)]).toEqual([0, '1000', false])
  })

  test('because it may not be written, and then its own failure is an error', () => {
    const request = asked(GLOB)
    const readOnly = { text: '4096\n', mode: 0o444 }
    const added = ask('ADD', { ...request, host: { ...HOST, ...others }, container: { ...others, [PATH]: readOnly } })
    expect(added).toMatchObject({ exitCode: 1, answer: { code: 101 } })
    expect(added.stdout).toContain(`${KEY}: is read-only in a container`)
  })

  test('but where a plain key of the profile is refused, that is an error', () => {
    const added = ask('ADD', { ...asked(KEY), container: { [PATH]: refusing } })
    expect(added).toMatchObject({ exitCode: 1, answer: { code: 101 } })
    expect(valueIn(added)).toBe('4096')
  })

  test("nor is such a key left at the network's value where it may not be written", () => {
    const added = ask('ADD', { ...asked(KEY), container: { [PATH]: { text: '1000\n', mode: 0o444 } } })
    expect(added).toMatchObject({ exitCode: 1, answer: { code: 101 } })
  })

  test('and where the kernel refuses that too, all is as before', () => {
    const never = {
      ...refusing,
      accept: (text: string) => {
        if (text.trim() !== '4096') throw new Refusal('EINVAL', undefined)
        return text
      },
    }
    const added = ask('ADD', { ...asked(GLOB), host: { ...HOST, ...others }, container: { ...others, [PATH]: never } })
    expect(added).toMatchObject({ exitCode: 1, answer: { code: 101 } })
    expect(valueIn(added)).toBe('4096')
    expect([...added.os.state.shared.keys()].filter((path) => path.endsWith('@eth0.json'))).toEqual([])
  })
})
