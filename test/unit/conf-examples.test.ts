import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { some } from '../helpers/some.ts'

const FOLDER = join(import.meta.dirname, '../../conf-examples')
const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1))
  .filter((name) => name !== 'README.md')
const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')

test('the README links every file of the folder, and nothing else', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link)
  expect(links.sort()).toEqual(files.sort())
})

const ofKind = (end: string) =>
  some(
    files.filter((name) => name.endsWith(end)),
    `files that end with ${end}`,
  )

test.each(ofKind('.yaml'))('%s is YAML', (name) => {
  const documents = parseAllDocuments(readFileSync(join(FOLDER, name), 'utf8'))
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
  expect(documents.map((document) => document.has('apiVersion') && document.has('kind'))).not.toContain(false)
})

test.each(ofKind('.conflist'))('%s has our entry once at its end, or also before the network plugin', (name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8')
  const { plugins } = JSON.parse(text) as { plugins: { type: string; first?: boolean }[] }
  const own = plugins.filter(({ type, first }) => type === 'netns-sysctl' && first !== true)
  expect(own).toEqual([plugins.at(-1)])
  expect(plugins.length).toBeGreaterThan(1)
  expect(plugins.findIndex(({ first }) => first === true)).toBeLessThan(1)
})
