import { describe, expect, test } from 'vitest'
import { checkAllowed, readAllowlist } from '../../../plugin/policy/allowlist.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles } from '../../helpers/fake-os.ts'

const OWN = '/etc/cni/netns-sysctl/allowlist.conf'
const TUNING = '/etc/cni/tuning/allowlist.conf'

function read(files: FakeFiles) {
  return readAllowlist(createFakeOs({ files }))
}

/** Whether an allowlist of one line lets a key through. */
function allows(pattern: string, name: string): boolean {
  const allowlist = read({ [OWN]: pattern })
  try {
    checkAllowed(parseSysctlKey(name), allowlist)
    return true
  } catch {
    return false
  }
}

describe('the file', () => {
  test('of the plugin counts before that of tuning', () => {
    expect(read({ [OWN]: 'a\n', [TUNING]: 'b\n' })).toEqual({ path: OWN, patterns: [{ text: 'a', regexp: /a/u }] })
    expect(read({ [TUNING]: 'b\n' })).toEqual({ path: TUNING, patterns: [{ text: 'b', regexp: /b/u }] })
  })

  test('has a pattern a line, and blank lines and comments', () => {
    const text = '# what a pod may have\n\n  ^net\\.core\\.somaxconn$  \n\t# more\r\n^net\\.ipv4\\.tcp_\r\n'
    expect(read({ [OWN]: text })?.patterns.map(({ regexp }) => regexp)).toEqual([
      /^net\.core\.somaxconn$/u,
      /^net\.ipv4\.tcp_/u,
    ])
  })

  test('that does not exist allows everything', () => {
    expect(read({})).toBe(undefined)
    expect(checkAllowed(parseSysctlKey('net.core.somaxconn'), undefined)).toBe(undefined)
  })

  test.each(['', '# nothing\n', '\n\n'])('that has no pattern allows nothing: %j', (text) => {
    expect(problemsOf(() => checkAllowed(parseSysctlKey('net.core.somaxconn'), read({ [TUNING]: text })))).toEqual([
      {
        code: 100,
        msg: `net.core.somaxconn: is not allowed on this node by ${TUNING}`,
        details: `${TUNING} allows nothing; add a line with a regular expression`,
      },
    ])
  })

  test.each(['EACCES', 'EIO', 'ELOOP'])('that cannot be read (%s) allows nothing', (errno) => {
    expect(problemsOf(() => read({ [OWN]: { text: '', readFails: errno }, [TUNING]: '.' }))).toEqual([
      {
        code: 100,
        msg: `the allowlist ${OWN} cannot be read (${errno}), so nothing is allowed`,
        details: 'mend the file, or remove it to allow everything',
      },
    ])
  })

  test('whose place is a directory allows nothing', () => {
    expect(problemsOf(() => read({ [`${OWN}/x`]: '.' }))).toMatchObject([{ code: 100 }])
  })

  test('names what it allows where it refuses', () => {
    const allowlist = read({ [OWN]: '^net\\.core\\.\n^net\\.unix\\.\n' })
    expect(problemsOf(() => checkAllowed(parseSysctlKey('net/ipv4/ip_forward'), allowlist))).toEqual([
      {
        code: 100,
        msg: `net.ipv4.ip_forward: is not allowed on this node by ${OWN}`,
        details: `${OWN} allows ^net\\.core\\., ^net\\.unix\\.`,
      },
    ])
  })
})

describe("a pattern is read as Go's regexp reads it", () => {
  test.each([
    ['somaxconn', 'net.core.somaxconn', true],
    ['^net\\.core\\.', 'net.core.somaxconn', true],
    ['^core', 'net.core.somaxconn', false],
    ['^net.core.somaxconn$', 'net/core/somaxconn', true],
    ['^net.core$', 'net.core.somaxconn', false],
    ['(?i)SOMAXCONN', 'net.core.somaxconn', true],
    ['SOMAXCONN', 'net.core.somaxconn', false],
    ['(?is)^NET.CORE', 'net.core.somaxconn', true],
    ['bridge\\-nf', 'net.bridge.bridge-nf-call-iptables', true],
    ['tcp\\_tw', 'net.ipv4.tcp_tw_reuse', true],
    ['net\\/core', 'net.core.somaxconn', false],
    ['[\\-]nf', 'net.bridge.bridge-nf-call-iptables', true],
    ['^net\\.ipv4\\.conf\\.(all|IFNAME)\\.\\w+$', 'net.ipv4.conf.IFNAME.rp_filter', true],
    ['^net\\.ipv4\\.conf\\.[^.]+\\.rp_filter$', 'net.ipv4.conf.eth0/100.rp_filter', true],
    ['\\\\-', 'net.bridge.bridge-nf-call-iptables', false],
    ['\\p{Lu}', 'net.ipv4.conf.IFNAME.rp_filter', true],
    ['tcp_(?:rmem|wmem)', 'net.ipv4.tcp_wmem', true],
    ['tcp_.{4,}$', 'net.ipv4.tcp_wm', false],
  ])('%s on %s: %s', (pattern, name, isAllowed) => {
    expect(allows(pattern, name)).toBe(isAllowed)
  })

  test.each(['(', '[', '*', 'a**', '\\z', '\\Q.\\E', '[[:alpha:]]', '(?U)a+', '(?P<x>a)', 'x{2,1}', '\\pN', '\\'])(
    '%s is refused, with all that the file allows',
    (pattern) => {
      expect(problemsOf(() => read({ [TUNING]: `# one\n.\n${pattern}\n` }))).toEqual([
        {
          code: 100,
          msg: `${TUNING}, line 3: ${JSON.stringify(pattern)} is no regular expression, so nothing is allowed`,
          details: 'mend the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$',
        },
      ])
    },
  )
})
