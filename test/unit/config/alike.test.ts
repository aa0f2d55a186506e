import { describe, expect, test } from 'vitest'
import { withoutAlike } from '../../../plugin/config/alike.ts'
import { readStdin } from '../../../plugin/config/stdin.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

const VALID = 'cni.dev/valid-attachments'
const attachment = (at: number, ifname = 'eth0') => ({ containerID: `c${at}`, ifname })
const list = (count: number) => Array.from({ length: count }, (_, at) => attachment(at))
const brief = (attachments: readonly unknown[]) => JSON.parse(withoutAlike(JSON.stringify({ a: attachments, b: 1 })))
const read = (stdin: string) => readStdin(createFakeOs({ stdin, netns: {} })).object

describe("of a list of attachments' texts", () => {
  test('the first two and the last one stay, and all that is around them', () => {
    expect(brief(list(5000))).toEqual({ a: [attachment(0), attachment(1), attachment(4999)], b: 1 })
  })

  test.each([0, 1, 2, 3])('all %i stay', (count) => {
    expect(brief(list(count))).toEqual({ a: list(count), b: 1 })
  })

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['with another interface', attachment(2, 'eth1')],
    ['with one name more', { ...attachment(2), more: 'x' }],
    ['with one name more before the others', { containerID: 'c2', more: 'x', ifname: 'eth0' }],
    ['that is nested', { containerID: 'c2', more: { x: '"' }, ifname: 'eth0' }],
  ])('one %s stays', (_, other) => {
    const attachments = [attachment(0), attachment(1), other, ...list(3)]
    expect(brief(attachments).a).toContainEqual(other)
  })

  test('where there is an escape all stay, because a quote may be part of an ID', () => {
    const attachments = [...list(3), { containerID: 'x\\","more":"', ifname: 'eth0' }, ...list(3)]
    expect(brief(attachments).a).toEqual(attachments)
  })
})

describe('what is nested too deep is refused', () => {
  test('where each level looks like the next attachment of a list', () => {
    const level = '{"containerID":"x","more":[{"y":"z"},'
    const nested = `{"a":[${level.repeat(2000)}1${']}'.repeat(2000)}]}`
    expect(() => read(nested)).toThrow(/nested/)
  })

  test('beside a long list', () => {
    const deep = `${'['.repeat(501)}${']'.repeat(501)}`
    expect(() => read(`{"${VALID}":${JSON.stringify(list(2000))},"a":${deep}}`)).toThrow(/nested/)
  })
})

test('a long list is read as a whole', () => {
  expect(read(JSON.stringify({ [VALID]: list(3000) }))).toEqual({ [VALID]: list(3000) })
})
