import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesGlob, parseKeyGlob } from '../../plugin/policy/glob.ts'
import { checkPodAllowed } from '../../plugin/policy/pod.ts'
import { parseSysctlKey } from '../../plugin/sysctl/key.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(5000)

/** Few characters, so that patterns and keys meet; some that mean something in a regular expression. */
const glob = fc
  .array(fc.string({ unit: fc.constantFrom(...'ab*?*?*/+$('), minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((segments) => ['net', ...segments].join('.'))

const key = fc
  .array(fc.string({ unit: fc.constantFrom(...'ab/+$(*?'), minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((segments) => ['net', ...segments].join('.'))

function toRegExp(text: string): RegExp {
  const escaped = text.replace(/[$()*+.?[\\\]^{|}/]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('\\*', '[^.]*').replaceAll('\\?', '[^.]')}$`, 's')
}

/** A key that a glob matches: each wildcard is replaced by a text. */
const matching = fc
  .tuple(glob, fc.array(fc.constantFrom('', 'a', 'b/', 'ab'), { minLength: 9, maxLength: 9 }))
  .map(([text, fillings]): [string, string] => {
    let filled = 0
    const fill = (wildcard: string) => {
      const filling = fillings[filled++ % fillings.length] as string
      return wildcard === '?' ? filling.slice(0, 1) || 'b' : filling
    }
    return [text, text.replace(/[*?]/g, fill)]
  })

test('a glob matches exactly what the regular expression of the same meaning matches', () => {
  fc.assert(
    fc.property(glob, key, (text, canonical) => {
      expect(matchesGlob(parseKeyGlob(text), canonical)).toBe(toRegExp(text).test(canonical))
    }),
    RUNS,
  )
})

test('a glob matches what its wildcards are filled with', () => {
  fc.assert(
    fc.property(matching, ([text, canonical]) => {
      expect(toRegExp(text).test(canonical)).toBe(true)
      expect(matchesGlob(parseKeyGlob(text), canonical)).toBe(true)
    }),
    RUNS,
  )
})

test('a pattern without a wildcard matches one key', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      fc.pre(!/[*?]/.test(a))
      expect(matchesGlob(parseKeyGlob(a), b)).toBe(a === b)
    }),
    RUNS,
  )
})

test('a glob matches keys of as many segments as it has', () => {
  fc.assert(
    fc.property(matching, key, ([text, canonical], other) => {
      const parsed = parseKeyGlob(text)
      expect(canonical.split('.')).toHaveLength(text.split('.').length)
      for (const longer of [`${canonical}.a`, `net.${canonical}`, `${canonical}.${other}`])
        expect(matchesGlob(parsed, longer)).toBe(false)
    }),
    RUNS,
  )
})

test('a pod may set nothing that no pattern matches, however it is spelled', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'IFNAME', 'all', 'a.b'), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(names, fc.array(glob, { maxLength: 3 }), fc.boolean(), (segments, allow, isDotted) => {
      const spelled = isDotted
        ? ['net', ...segments].map((segment) => segment.replaceAll('.', '/')).join('.')
        : ['net', ...segments].join('/')
      const parsed = parseSysctlKey(spelled)
      const isAllowed = allow.some((text) => toRegExp(text).test(parsed.canonical))
      const ask = () =>
        checkPodAllowed(parsed, { allow: allow.map(parseKeyGlob), profiles: [], annotation: 'x' }, 'the pod')
      if (isAllowed) expect(ask()).toBe(undefined)
      else expect(ask).toThrow(/may not set it/)
    }),
  )
})
