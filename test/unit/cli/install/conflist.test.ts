import { describe, expect, test } from 'vitest'
import { CliError } from '../../../../plugin/cli/cli-error.ts'
import { addEntry, removeEntry } from '../../../../plugin/cli/install/conflist.ts'
import { errorOf } from '../../../helpers/errors.ts'

const WANTED = { sysctl: { 'net.core.somaxconn': '1' } }
const OWN = '{"type":"netns-sysctl","sysctl":{"net.core.somaxconn":"1"}}'
const add = (text: string, wanted = WANTED) => addEntry(text, 'f', wanted)
const remove = (text: string) => removeEntry(text, 'f')

describe('a new entry is laid out as the one before it', () => {
  test.each([
    [
      'two blanks',
      '{\n  "plugins": [\n    {"type": "a"}\n  ]\n}',
      `{
  "plugins": [
    {"type": "a"},
    {
      "type": "netns-sysctl",
      "sysctl": {
        "net.core.somaxconn": "1"
      }
    }
  ]
}`,
    ],
    [
      'four blanks',
      '{\n    "plugins": [\n        {"type": "a"}\n    ]\n}\n',
      `{
    "plugins": [
        {"type": "a"},
        {
            "type": "netns-sysctl",
            "sysctl": {
                "net.core.somaxconn": "1"
            }
        }
    ]
}
`,
    ],
    [
      'tabs and CRLF',
      '{\r\n\t"plugins": [\r\n\t\t{"type": "a"}\r\n\t]\r\n}',
      [
        '{',
        '\t"plugins": [',
        '\t\t{"type": "a"},',
        '\t\t{',
        '\t\t\t"type": "netns-sysctl",',
        '\t\t\t"sysctl": {',
        '\t\t\t\t"net.core.somaxconn": "1"',
        '\t\t\t}',
        '\t\t}',
        '\t]',
        '}',
      ].join('\r\n'),
    ],
    ['one line', '{"plugins":[{"type":"a"}]}', `{"plugins":[{"type":"a"}, ${OWN}]}`],
    ['no indentation', '{"plugins":[\n{"type":"a"}\n]}', `{"plugins":[\n{"type":"a"},\n${OWN}\n]}`],
    [
      'several in a line',
      '{\n  "plugins": [{"type":"a"}, {"type":"b"}]\n}',
      `{\n  "plugins": [{"type":"a"}, {"type":"b"}, ${OWN}]\n}`,
    ],
  ])('%s', (_, text, expected) => {
    expect(add(text)).toBe(expected)
    expect(remove(expected)).toBe(text)
  })
})

describe('an entry that is there', () => {
  const list = (own: string) => `{"plugins": [{"type": "a"}, ${own}], "x": 1}`

  test.each([
    ['the same', OWN],
    ['with numbers for strings', '{"type":"netns-sysctl", "sysctl": {"net.core.somaxconn": 1}}'],
    ['with a boolean for 1', '{"type":"netns-sysctl", "sysctl": {"net.core.somaxconn": true}}'],
    [
      'with more members',
      '{"restoreOnDel": false, "type":"netns-sysctl", "sysctl": {"net.core.somaxconn": " 1"}, "mtu": 1e3}',
    ],
  ])('and has what is wanted stays exactly: %s', (_, own) => {
    expect(add(list(own))).toBe(list(own))
  })

  test('keeps the members that are not wanted otherwise, and their order', () => {
    const own =
      '{"sysctl": {"net.core.x": 5, "net.core.y": 6}, "type": "netns-sysctl", "inherit": ["net.a.b"], "mtu": 1400}'
    const merged = '{"sysctl":{"net.core.somaxconn":"1"},"type":"netns-sysctl","inherit":["net.a.b"],"mtu":1400}'
    expect(add(list(own))).toBe(list(merged))
  })

  test('has the order of its sysctls brought up to date, which is that of the writes', () => {
    const own = '{"type":"netns-sysctl","sysctl":{"net.b.b":"1","net.a.a":"1"}}'
    const wanted = { sysctl: { 'net.a.a': '1', 'net.b.b': '1' } } as unknown as typeof WANTED
    expect(add(list(own), wanted)).toBe(list('{"type":"netns-sysctl","sysctl":{"net.a.a":"1","net.b.b":"1"}}'))
  })

  test('loses another spelling of a wanted member, which would be one too many', () => {
    expect(add(list('{"type":"netns-sysctl","Sysctl":{"net.a.b":1}}'))).toBe(list(OWN))
  })

  test('is moved to the end, with what it has', () => {
    const text = '{"plugins": [{"type": "a"}, {"type":"netns-sysctl","mtu":9}, {"type": "b"}]}'
    expect(add(text)).toBe(
      '{"plugins": [{"type": "a"}, {"type": "b"}, {"type":"netns-sysctl","mtu":9,"sysctl":{"net.core.somaxconn":"1"}}]}',
    )
  })

  test('is moved to the end, though it has all that is wanted', () => {
    expect(add(`{"plugins": [{"type": "a"}, ${OWN}, {"type": "b"}]}`)).toBe(
      `{"plugins": [{"type": "a"}, {"type": "b"}, ${OWN}]}`,
    )
  })

  test('twice is there once afterwards', () => {
    expect(add(`{"plugins": [${OWN}, {"type": "a"}, ${OWN}]}`)).toBe(`{"plugins": [{"type": "a"}, ${OWN}]}`)
  })
})

describe('taking it out', () => {
  test.each([
    ['from the end', `{"plugins": [{"type": "a"}, ${OWN} ]}`, '{"plugins": [{"type": "a"} ]}'],
    ['from the start', `{"plugins": [ ${OWN}, {"type": "a"}]}`, '{"plugins": [ {"type": "a"}]}'],
    [
      'from between',
      `{"plugins": [{"type": "a"}, ${OWN} , {"type": "b"}]}`,
      '{"plugins": [{"type": "a"} , {"type": "b"}]}',
    ],
    ['from everywhere', `{"plugins": [${OWN},{"type": "a"},${OWN},${OWN}]}`, '{"plugins": [{"type": "a"}]}'],
    ['from where it is not', '{"plugins": [{"type": "a"}]}', '{"plugins": [{"type": "a"}]}'],
    ['from nothing', '{"plugins": []}', '{"plugins": []}'],
  ])('%s', (_, text, expected) => {
    expect(remove(text)).toBe(expected)
  })

  test('of what is nested elsewhere leaves it alone', () => {
    const text = `{"other": [${OWN}], "plugins": [{"type": "a", "plugins": [${OWN}]}]}`
    expect(remove(text)).toBe(text)
  })
})

describe('is refused', () => {
  const NO_LIST = 'f: is not a conflist: it has no "plugins"'
  const NOTHING_BEFORE = 'f: its "plugins" have no network plugin that netns-sysctl could be chained after'
  test.each([
    ['a single configuration', '{"type": "bridge"}', NO_LIST],
    ['an array', '[{"plugins": []}]', NO_LIST],
    ['plugins that are no list', '{"plugins": {"type": "a"}}', NO_LIST],
    ['plugins twice', '{"plugins": [{"type": "a"}], "plugins": [{"type": "b"}]}', 'f: has "plugins" twice'],
    ['no JSON', '{"plugins":\n [{]}', 'f:2:4: is not JSON: has "]" where a name in double quotes should be'],
    ['an empty list', '{"plugins": []}', NOTHING_BEFORE],
    ['nothing but the plugin itself', `{"plugins": [${OWN}]}`, NOTHING_BEFORE],
  ])('%s', (_, text, message) => {
    expect(errorOf(() => add(text))).toEqual(new CliError(message))
  })

  test('taking out the only plugin', () => {
    expect(errorOf(() => remove(`{"plugins": [${OWN}]}`))).toEqual(
      new CliError('f: nothing would be left of its "plugins"'),
    )
  })
})
