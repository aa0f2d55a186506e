import { afterAll, describe, expect, test } from 'vitest'
import { parseDocument } from '../helpers/document.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { withEtc } from '../helpers/mounts.ts'
import { createNetns } from '../helpers/netns.ts'
import { envOf, errorDocument, formatConf } from '../helpers/requests.ts'
import { runUnprivileged, withoutSysAdmin } from '../helpers/users.ts'

const netns = await createNetns()
afterAll(() => netns.close())

const NO_CAPABILITY = 'no CAP_SYS_ADMIN, so no network namespace can be entered'
const ALLOWLIST = '/etc/cni/netns-sysctl/allowlist.conf'

describe('STATUS', () => {
  test('succeeds, and prints nothing, where an ADD could work', () => {
    expect(outcomeOf(netns, 'STATUS', { isInside: true })).toEqual({ exitCode: 0, answer: undefined })
  })

  test('tells that CAP_SYS_ADMIN is missing', () => {
    expect(outcomeOf(netns, 'STATUS', { isInside: true, wrap: withoutSysAdmin })).toEqual({
      exitCode: 1,
      answer: errorDocument(50, NO_CAPABILITY, 'run the plugin as root'),
    })
  })

  test('tells everything that a user without privileges lacks', () => {
    const dataDir = '/etc/no-such-folder/records'
    const { status, stdout } = runUnprivileged({ env: envOf('STATUS'), input: formatConf({ dataDir }) })
    expect({ exitCode: status, answer: parseDocument(stdout) }).toEqual({
      exitCode: 1,
      answer: errorDocument(
        50,
        `${NO_CAPABILITY}; dataDir ${dataDir} cannot be made (EACCES)`,
        'run the plugin as root; undo records are kept there',
      ),
    })
  })

  test('tells that the allowlist is broken', () => {
    const wrap = withEtc({ [ALLOWLIST]: '^net\n[' })
    expect(outcomeOf(netns, 'STATUS', { isInside: true, wrap })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        50,
        `${ALLOWLIST}, line 2: "[" is not a regular expression: a "]" is missing; so nothing is allowed`,
        'correct the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$',
      ),
    })
  })

  test('succeeds where the allowlist allows nothing', () => {
    const wrap = withEtc({ [ALLOWLIST]: '' })
    expect(outcomeOf(netns, 'STATUS', { isInside: true, wrap })).toEqual({ exitCode: 0, answer: undefined })
  })

  test('refuses a configuration that ADD would refuse', () => {
    expect(outcomeOf(netns, 'STATUS', { isInside: true, conf: { sysctl: 'net.core.somaxconn=1' } })).toEqual({
      exitCode: 1,
      answer: errorDocument(6, 'sysctl must be an object of names and values, not "net.core.somaxconn=1"'),
    })
  })
})

test('an ADD without CAP_SYS_ADMIN tells that it is missing', () => {
  // From inside, and for a netns of its own, which its users may open.
  expect(outcomeOf(netns, 'ADD', { isInside: true, env: { CNI_NETNS_OVERRIDE: '1' }, wrap: withoutSysAdmin })).toEqual({
    exitCode: 1,
    answer: errorDocument(
      8,
      `CNI_NETNS ${netns.path} cannot be entered (EPERM): the plugin needs CAP_SYS_ADMIN, so run it as root`,
      'the container is gone, or the runtime gave a wrong path',
    ),
  })
})
