import { describe, expect, test } from 'vitest'
import { resultOf } from '../../contract/case.ts'
import { STDIN_TEXT, VARIABLE } from '../../contract/cases/process.ts'
import { CONTRACT } from '../../contract/cases.ts'
import { WORLD } from '../../contract/world.ts'
import { createFakeOs, HOST, refuse, usualHost, usualNetns } from '../../helpers/fake-os.ts'

const ROOT = '/tmp/contract'

const NEW_NETNS = usualNetns({
  '/proc/thread-self/net/dev': 'Inter-|   Receive\n face |bytes\n    lo: 0 0\n',
  '/proc/sys/net/core/somaxconn': {
    text: '4096\n',
    accept: (text) => (/^\d+\n$/.test(text) ? text : refuse('EINVAL')),
  },
})

describe('the fake keeps the contract of the seam', () => {
  test.each(CONTRACT.filter(({ isReal }) => isReal !== true))('$name', (each) => {
    const files = Object.entries(WORLD).map(([path, file]) => [`${ROOT}/0${path}`, file])
    const os = createFakeOs({
      args: [ROOT, '--é', ''],
      env: { [VARIABLE]: 'é' },
      stdin: STDIN_TEXT,
      files: Object.fromEntries(files),
      netns: { [HOST]: usualHost() },
      newNetns: NEW_NETNS,
    })
    expect(resultOf(each, os, `${ROOT}/0`)).toEqual(each.gives)
  })
})
