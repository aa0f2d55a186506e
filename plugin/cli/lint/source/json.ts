import { scanJson } from '../../../json/scan.ts'
import { type Source, Starts } from './source.ts'
import { innerText, type Text } from './text.ts'

/** Throws JsonSyntaxError. */
export function readJson(text: Text): Source {
  const names = new Starts()
  const values = new Starts()
  const repeated: Source['repeated'][number][] = []
  scanJson(
    text.text,
    ({ path, nameStart, value, isRepeated }) => {
      names.set(path(), nameStart)
      values.set(path(), value.start)
      if (isRepeated) repeated.push({ path: path(), place: text.placeOf(nameStart) })
    },
    ({ path, value }) => {
      names.set(path(), value.start)
      values.set(path(), value.start)
    },
  )
  return {
    value: JSON.parse(text.text),
    placeOf: (path) => text.placeOf(names.get(path)),
    textAt: (path, inside) => innerText(text, values.get(path), inside),
    repeated,
  }
}
