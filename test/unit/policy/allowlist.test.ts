import { describe, expect, test } from 'vitest'
import { CniError } from '../../../plugin/cni/error.ts'
import { checkAllowed, readAllowlist } from '../../../plugin/policy/allowlist.ts'
import { createWork } from '../../../plugin/policy/re2-match.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles } from '../../helpers/fake-os.ts'
import { processorTimeOf } from '../../helpers/processor-time.ts'

const OWN = '/etc/cni/netns-sysctl/allowlist.conf'
const TUNING = '/etc/cni/tuning/allowlist.conf'

function read(files: FakeFiles) {
  return readAllowlist(createFakeOs({ files }))
}

/** Whether an allowlist of one line lets a key through. */
function allows(pattern: string, name: string): boolean {
  const allowlist = read({ [OWN]: pattern })
  try {
    checkAllowed(parseSysctlKey(name), allowlist, createWork())
    return true
  } catch {
    return false
  }
}

describe('the file', () => {
  test('of the plugin counts before that of tuning', () => {
    expect(read({ [OWN]: 'a\n', [TUNING]: 'b\n' })).toMatchObject({ path: OWN, patterns: [{ text: 'a' }] })
    expect(read({ [TUNING]: 'b\n' })).toMatchObject({ path: TUNING, patterns: [{ text: 'b' }] })
  })

  test('has a pattern a line, and blank lines and comments', () => {
    const text = '# what a pod may have\n\n  ^net\\.core\\.somaxconn$  \n\t# more\r\n^net\\.ipv4\\.tcp_\r\n'
    expect(read({ [OWN]: text })?.patterns.map((pattern) => pattern.text)).toEqual([
      '^net\\.core\\.somaxconn$',
      '^net\\.ipv4\\.tcp_',
    ])
  })

  test('that does not exist allows everything', () => {
    expect(read({})).toBe(undefined)
    expect(checkAllowed(parseSysctlKey('net.core.somaxconn'), undefined, createWork())).toBe(undefined)
  })

  test.each(['', '# nothing\n', '\n\n'])('that has no pattern allows nothing: %j', (text) => {
    expect(
      problemsOf(() => checkAllowed(parseSysctlKey('net.core.somaxconn'), read({ [TUNING]: text }), createWork())),
    ).toEqual([
      {
        code: 100,
        msg: `net.core.somaxconn: is not allowed on this node by ${TUNING}`,
        details: `${TUNING} allows nothing; add a line with a regular expression`,
      },
    ])
  })

  test.each(['EACCES', 'EIO', 'ELOOP', 'ENODEV'])('that cannot be read (%s) allows nothing', (errno) => {
    expect(problemsOf(() => read({ [OWN]: { text: '', readFails: errno }, [TUNING]: '.' }))).toEqual([
      {
        code: 100,
        msg: `the allowlist ${OWN} cannot be read (${errno}), so nothing is allowed`,
        details: 'correct the file, or remove it to allow everything',
      },
    ])
  })

  test('whose place is a directory allows nothing', () => {
    expect(problemsOf(() => read({ [`${OWN}/x`]: '.' }))).toMatchObject([{ code: 100 }])
  })

  test('names what it allows where it refuses', () => {
    const allowlist = read({ [OWN]: '^net\\.core\\.\n^net\\.unix\\.\n' })
    expect(problemsOf(() => checkAllowed(parseSysctlKey('net/ipv4/ip_forward'), allowlist, createWork()))).toEqual([
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
    ['^net\\.core\\.[[:alpha:]]+\\z', 'net.core.somaxconn', true],
    ['\\Anet\\.core\\.[[:alpha:]]+\\z', 'net.core.somaxconn2', false],
    ['^\\Qnet.core.\\E', 'net.core.somaxconn', true],
    ['^\\Qnet.c.re', 'net.core.somaxconn', false],
    ['^net\\.(?i:CORE)\\.', 'net.core.somaxconn', true],
    ['^net\\.(?i:CORE)\\.SOMAXCONN', 'net.core.somaxconn', false],
    ['(?P<family>ipv4|ipv6)\\.conf', 'net.ipv6.conf.IFNAME.accept_ra', true],
    ['(?U)tcp_.+', 'net.ipv4.tcp_wmem', true],
    ['\\pN', 'net.ipv4.tcp_wmem', true],
    ['^[\\pL.]+$', 'net.core.somaxconn', true],
    ['\\p{Greek}', 'net.core.somaxconn', false],
    ['\\bcore\\b', 'net.core.somaxconn', true],
    ['^net.core.somaxconn$', 'net.core\u2028somaxconn', true],
  ])('%s on %s: %s', (pattern, name, isAllowed) => {
    expect(allows(pattern, name)).toBe(isAllowed)
  })

  test.each([
    ['(', 'a ")" is missing'],
    [')', 'has a ")" too many'],
    ['[', 'a "]" is missing'],
    ['*', 'has nothing before a repetition'],
    ['a**', 'repeats a repetition'],
    ['x{2,1}', 'has a bad repetition, {2,1}; at most 1000 are possible'],
    ['x{1001}', 'has a bad repetition, {1001}; at most 1000 are possible'],
    ['(x{40}){40}', 'repeats more than 1000 times, with what is nested'],
    ['(abcdef){1000}', 'is too large: it has more than 5000 steps'],
    ['('.repeat(101), 'has groups nested deeper than 100'],
    ['\\', 'ends with a backslash'],
    ['(x)\\1', 'has a back-reference, \\1, which RE2 does not have'],
    ['\\Z', 'has the escape \\Z, which RE2 does not have'],
    ['\\p{Nosuch}', 'has the class \\p{Nosuch}, which is not known'],
    ['[[:nosuch:]]', 'has the class [:nosuch:], which RE2 does not have'],
    ['[b-a]', 'has a range from a greater character to a smaller one'],
    ['(?=x)', 'has a "(?" of a kind that RE2 does not have'],
    ['(?<!x)', 'has a bad name of a group'],
    ['(?P<x>a)(?P<x>b)', 'has two groups of the name x'],
  ])('%s is refused, with all that the file allows', (pattern, reason) => {
    expect(problemsOf(() => read({ [TUNING]: `# one\n.\n${pattern}\n` }))).toEqual([
      {
        code: 100,
        msg: `${TUNING}, line 3: ${JSON.stringify(pattern)} is not a regular expression: ${reason}; so nothing is allowed`,
        details: 'correct the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$',
      },
    ])
  })
})

describe('a pattern is matched in linear time', () => {
  test.each([
    ['^net\\.ipv4\\.([a-z]+_?)+$', false],
    ['(a*)*b', false],
    ['(a|a)*$', true],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', false],
    ['(a?){200}a{200}$', false],
    ['(.*)(.*)(.*)(.*)(.*)[0-9]', true],
    ['^.*a.*a.*a.*b$', false],
    ['a*a*a*a*a*a*b', false],
  ])('%s', (pattern, isAllowed) => {
    const name = `net.ipv4.${'a'.repeat(400)}!`
    expect(processorTimeOf(() => expect(allows(pattern, name)).toBe(isAllowed))).toBeLessThan(1000)
  })
})

describe('what a request may cost', () => {
  const NASTY = Array.from({ length: 20 }, (_, index) => `^net\\.ipv4\\.(([a-z])+.)+[A-Z]([a-z])+${index}$`)
  const namesOf = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `net.ipv4.${'a'.repeat(length)}${index}`)

  /** The messages, one for each name that was refused. */
  function refusals(lines: readonly string[], names: readonly string[]): string[] {
    const allowlist = read({ [OWN]: lines.join('\n') })
    const work = createWork()
    return names.flatMap((name) => {
      try {
        checkAllowed(parseSysctlKey(name), allowlist, work)
        return []
      } catch (error) {
        return error instanceof CniError ? [error.message] : [String(error)]
      }
    })
  }

  test('is bounded, and the line that is too much is named', () => {
    const last = 'net.core.somaxconn'
    // A name that another line allows is refused too: the line that was left out may have been about it.
    const found = refusals(['^net\\.core\\.', ...NASTY], [...namesOf(128, 480), last])
    expect(found).toHaveLength(129)
    expect(found[0]).toContain(': is not allowed on this node by')
    expect(found.at(-1)).toMatch(
      /^\/etc\/cni\/netns-sysctl\/allowlist\.conf: "\^net.*" takes too long for the names of this request, so nothing is allowed$/,
    )
    const named = new Set(found.filter((message) => message.includes('takes too long')))
    expect(named.size).toBe(1)
  })

  test('may be used up to the last step; then it is told what to do', () => {
    const allowlist = read({ [OWN]: '(?i)^net\\.(([a-z])+.)+[A-Z]$' })
    const check = (name: string) => checkAllowed(parseSysctlKey(name), allowlist, { left: 0 })
    expect(check('net.core')).toBe(undefined)
    expect(problemsOf(() => check(`net.${'a'.repeat(400)}!`))).toEqual([
      {
        code: 100,
        msg: `${OWN}: "(?i)^net\\\\.(([a-z])+.)+[A-Z]$" takes too long for the names of this request, so nothing is allowed`,
        details: 'start the line with "^" and repeat nothing within what is repeated, or name fewer sysctls',
      },
    ])
  })

  test('is the same whatever the names are', () => {
    const lines = [...NASTY, '.']
    expect(refusals(lines, namesOf(128, 480)).at(-1)).toContain('takes too long')
    expect(refusals(lines, namesOf(128, 20))).toEqual([])
  })

  const WORDS =
    'somaxconn tcp_keepalive_time tcp_rmem ip_local_port_range accept_redirects rp_filter gc_thresh3 mtu_expires'
  const USUAL = ['core', 'ipv4', 'ipv6.route', 'ipv4.conf.IFNAME', 'ipv6.neigh.default'].flatMap((folder) =>
    WORDS.split(' ').flatMap((word) => Array.from({ length: 10 }, (_, index) => `net.${folder}.${word}_${index}`)),
  )

  test.each([
    ['an end', (index: number) => `(?i)_time_x${index}$`],
    ['a start', (index: number) => `(?i)^net\\.(core|ipv4)\\.[a-z_]+x${index}$`],
    ['classes', (index: number) => `^net\\.[[:alnum:]]+\\.(conf|neigh)\\.(all|IFNAME)\\.[[:alpha:]_]+x${index}`],
    ['the middle', (index: number) => `.*\\.ipv4\\..*x${index}`],
    ['many names', (index: number) => `(${USUAL.slice(0, 12).join('|')})x${index}$`],
  ])('is far more than 400 sysctls and 300 lines need, with patterns of %s', (_, line) => {
    const lines = Array.from({ length: 300 }, (_nothing, index) => line(index))
    const allowlist = read({ [OWN]: [...lines, '(?:.)'].join('\n') })
    const work = createWork()
    for (const name of USUAL) checkAllowed(parseSysctlKey(name), allowlist, work)
    expect(USUAL).toHaveLength(400)
    expect(work.left / createWork().left).toBeGreaterThan(0.75)
  })
})
