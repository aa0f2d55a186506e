import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { innerText, wholeText } from '../../../../plugin/cli/lint/source/text.ts'

const CONFIG = '{\n  "name": "it\'s",\n\n  "x": "a\\tb \\"c\\"",\n  "last": 1\n}\n'
const indented = (text: string) => text.replace(/^(?=.)/gm, '    ')

test.each([
  ['a JSON string', `{"config": ${JSON.stringify(CONFIG)}}`],
  ['a block', `config: |\n${indented(CONFIG)}`],
  ['a block with a mark', `config: |-\n${indented(CONFIG.trimEnd())}\n`],
  ['a folded block', `config: >\n${indented(CONFIG)}`],
  [
    'single quotes',
    `config: '${CONFIG.trim().replaceAll("'", "''").replace('\n\n', '\n').replaceAll('\n', '\n     ')}'\n`,
  ],
  ['double quotes', `config: ${JSON.stringify(CONFIG)}\n`],
])('each character of a text in %s is found where it stands', (_, source) => {
  const { config } = parse(source) as { config: string }
  const start = source.search(/(?<=config"?: )\S/)
  const { placeOf } = innerText(wholeText(source), start, config)
  const lines = source.split('\n')
  for (const word of ['name', 'it', 'x', 'last', '1']) {
    const { line, column } = placeOf(config.indexOf(word))
    expect((lines[line - 1] ?? '').slice(column - 1)).toMatch(new RegExp(`^${word}`))
  }
})
