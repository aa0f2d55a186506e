import { describe, expect, test } from 'vitest'
import { BOOT_ID, isSameNetns, type NetnsIdentity, readBootId, readIdentity } from '../../../plugin/state/identity.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

const RECORDED: NetnsIdentity = { id: '4:1', cookie: '7', bootId: 'b' }

describe('the netns of a record', () => {
  test.each<[string, NetnsIdentity, NetnsIdentity, boolean]>([
    ['of the same cookie is the same', RECORDED, RECORDED, true],
    ['of another cookie is another, also with the same number', RECORDED, { ...RECORDED, cookie: '8' }, false],
    ['of the same cookie is the same, also with another number', RECORDED, { ...RECORDED, id: '4:2' }, true],
    ['of another boot is another', RECORDED, { ...RECORDED, bootId: 'c' }, false],
    ['of an unknown boot is another', { ...RECORDED, bootId: '' }, { ...RECORDED, bootId: '' }, false],
    ['without a cookie is the same by its number', { ...RECORDED, cookie: undefined }, RECORDED, true],
    [
      'without a cookie is another by its number',
      { ...RECORDED, cookie: undefined },
      { ...RECORDED, id: '4:2' },
      false,
    ],
    ['with a cookie is another than one without', RECORDED, { ...RECORDED, cookie: undefined }, false],
  ])('%s', (_, recorded, current, isSame) => {
    expect(isSameNetns(recorded, current)).toBe(isSame)
  })
})

describe('the ID of the boot', () => {
  test.each([
    ['is what the kernel tells', { [BOOT_ID]: 'b\n' }, 'b'],
    ['is empty where it tells none', {}, ''],
  ])('%s', (_, files, bootId) => {
    const os = createFakeOs({ files, cookies: { host: '7' } })
    expect(readBootId(os)).toBe(bootId)
    expect(readIdentity(os, { path: 'x', fd: 0, id: '4:1' })).toEqual({ ...RECORDED, bootId })
  })

  test('is not taken for missing where it cannot be read', () => {
    const os = createFakeOs({ files: { [BOOT_ID]: { text: '', readFails: 'EMFILE' } } })
    expect(errorOf(() => readBootId(os))).toMatchObject({ errno: 'EMFILE', path: BOOT_ID })
  })
})
