import fc from 'fast-check'

/** Segments of a sysctl's name, and some rare ones. */
const LETTERS = [
  'n',
  'e',
  't',
  '.',
  '_',
  '-',
  'a',
  'b',
  'k',
  's',
  'K',
  'S',
  '0',
  '9',
  '/',
  'é',
  'ſ',
  'K',
  'Σ',
  'ς',
  '𝔸',
  ' ',
]

/** Names, of few letters so that patterns match often. */
export const names = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 14 })

const CLASSES = [
  '[ab]',
  '[^ab]',
  '[a-s]',
  '[]a]',
  '[^]a]',
  '[a-]',
  '[-a]',
  '[.]',
  '[[:alpha:]]',
  '[[:^alpha:]_]',
  '[^[:word:]]',
  '[\\d_]',
  '[^\\w]',
  '[\\pL-]',
  '[k-s]',
  '[\\x{61}-\\x{65}]',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\pL',
  '\\PL',
  '\\p{Lu}',
  '\\p{^Lu}',
  '\\P{Greek}',
  '\\p{Greek}',
]
const ATOMS = [
  'n',
  'e',
  't',
  'a',
  'k',
  's',
  'S',
  '\\.',
  '.',
  '\\-',
  '\\_',
  'é',
  'Σ',
  '\\x41',
  '\\101',
  '\\Qa.b\\E',
  '{',
  '}',
  ']',
]
const ASSERTIONS = ['^', '$', '\\b', '\\B', '\\A', '\\z']
const REPETITIONS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{0,2}', '{1,}', '{1,3}?', '{,2}']
const GROUPS = ['(', '(?:', '(?i:', '(?s-i:', '(?m:', '(?U:', '(?P<x>']

const leaf = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ATOMS) },
  { weight: 4, arbitrary: fc.constantFrom(...CLASSES) },
  { weight: 1, arbitrary: fc.constantFrom(...ASSERTIONS) },
  { weight: 1, arbitrary: fc.constantFrom('(?i)', '(?-i)', '(?s)') },
)

/** Patterns of RE2's syntax, nearly all of them valid. */
export const patterns = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.array(tie('part'), { maxLength: 5 }).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([first, second]) => `${first}|${second}`),
  ),
  part: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.tuple(leaf, fc.constantFrom(...REPETITIONS)).map(([part, times]) => part + times),
    fc
      .tuple(fc.constantFrom(...GROUPS), tie('pattern'), fc.constantFrom('', ...REPETITIONS))
      .map(([open, inside, times]) => `${open}${inside})${times}`),
  ),
})).pattern

/** Texts of characters with a meaning in patterns. */
export const gibberish = fc.string({
  unit: fc.constantFrom(...'\\\\\\()[]{}*+?.^$|-,:<>=!&PpQEAzbdswiUxnu0127ak_ '),
  maxLength: 12,
})

const literal = fc.string({ unit: fc.constantFrom('n', 'e', 't', 'a', 'k', '_', '-', '.', '\\.', '\\/'), maxLength: 3 })
const choice = fc.tuple(fc.constantFrom('(', '(?:'), fc.array(literal, { minLength: 1, maxLength: 3 }), literal)
const repeated = fc.tuple(fc.constantFrom('.*', '.+', '[a-k_.]', '[^a]*', '[n-t-]+', '[k-a]'), literal)

/** Patterns like the lines of allowlists: those that need no engine of our own, and some that barely need it. */
export const lines = fc
  .tuple(
    fc.constantFrom('^', '^', ''),
    literal,
    fc.option(choice.map(([open, parts, after]) => `${open}${parts.join('|')})${after}`)),
    fc.option(repeated.map((parts) => parts.join(''))),
    fc.constantFrom('$', '$', ''),
  )
  .map((parts) => parts.join(''))
