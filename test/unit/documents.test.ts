import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../..')
const PAGES = ['', 'docs', 'conf-examples']
  .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name)))
  .filter((path) => path.endsWith('.md'))

/** The limit of the README: the rest belongs in docs/. */
const MOST_LINES = 200

describe.each(PAGES.map((path) => [relative(ROOT, path), path] as const))('%s', (_, path) => {
  const text = readFileSync(path, 'utf8')
  const prose = text.replace(/^```.*?^```$/gms, '')

  test('leads only to pages and headings that there are', () => {
    const links = [...prose.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
    const broken = links.filter(([, file = '', heading]) => {
      const target = file === '' ? path : join(dirname(path), file)
      return !existsSync(target) || (heading !== undefined && !headingsOf(target).includes(heading))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  test('names only scripts of package.json', () => {
    const names = [...text.matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => name)
    expect(names.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  test('has JSON that is JSON', () => {
    for (const [, json = ''] of text.matchAll(/^```json\n(.*?)^```$/gms)) expect(() => JSON.parse(json)).not.toThrow()
  })
})

test('README fits on a few screens', () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThan(MOST_LINES)
})

test('every page is found from README in one step', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  expect(pages.filter((name) => !readme.includes(`docs/${name}`))).toEqual([])
})

/** As GitHub makes anchors from them. */
function headingsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/^```.*?^```$/gms, '')
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
