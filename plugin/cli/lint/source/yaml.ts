import { isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml'
import { type Source, Starts } from './source.ts'
import { innerText, type Text } from './text.ts'

/** The reason why a text is not YAML, and its place. */
export interface YamlError {
  readonly offset: number
  readonly message: string
}

/** All documents of a YAML text without the empty ones, or its syntax error. */
export function readYaml(text: Text): Source[] | YamlError[] {
  const documents = [...parseAllDocuments(text.text, { prettyErrors: false, logLevel: 'silent' })]
  const errors = documents.flatMap((document) => document.errors)
  if (errors.length > 0) return errors.map(({ pos, message }) => ({ offset: pos[0], message }))
  return documents.flatMap((document) => {
    const value: unknown = document.toJS()
    if (value === null || value === undefined) return []
    return [toSource(text, document.contents, value)]
  })
}

export function isYamlError(read: Source | YamlError): read is YamlError {
  return 'offset' in read
}

function toSource(text: Text, contents: unknown, value: unknown): Source {
  const names = new Starts()
  const values = new Starts()
  const visit = (node: unknown, path: readonly PropertyKey[]) => {
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue
        const inside = [...path, String(pair.key.value)]
        names.set(inside, startOf(pair.key))
        visitValue(pair.value, inside)
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        names.set([...path, index], startOf(item))
        visitValue(item, [...path, index])
      }
    }
  }
  const visitValue = (node: unknown, path: readonly PropertyKey[]) => {
    values.set(path, startOf(node))
    visit(node, path)
  }
  names.set([], startOf(contents))
  visit(contents, [])
  return {
    value,
    placeOf: (path) => text.placeOf(names.get(path)),
    textAt: (path, inside) => innerText(text, values.get(path), inside),
    repeated: [],
  }
}

function startOf(node: unknown): number {
  const { range } = (node ?? {}) as { readonly range?: readonly number[] | null }
  return range?.[0] ?? 0
}
