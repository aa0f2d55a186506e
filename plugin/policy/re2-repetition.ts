import { MOST_COPIES, type Times } from './re2-node.ts'
import { PatternError, type Reader } from './re2-reader.ts'

/** `*`, `+`, `?` or `{n,m}`, with the `?` that asks for the shortest. */
export function readRepetition(reader: Reader): Times | undefined {
  const found = readSimpleRepetition(reader) ?? readCount(reader)
  reader.eat('?')
  return found
}

function readSimpleRepetition(reader: Reader): Times | undefined {
  if (reader.eat('*')) return { least: 0, most: Number.POSITIVE_INFINITY }
  if (reader.eat('+')) return { least: 1, most: Number.POSITIVE_INFINITY }
  return reader.eat('?') ? { least: 0, most: 1 } : undefined
}

/** `{n}`, `{n,}` or `{n,m}`; any other `{` is a plain character. */
function readCount(reader: Reader): Times | undefined {
  const start = reader.place
  if (!reader.eat('{')) return undefined
  const inside = reader.takeUntil('}')
  const found = inside?.match(/^(0|[1-9]\d*)(,(0|[1-9]\d*)?)?$/)
  if (found == null) {
    reader.goTo(start)
    return undefined
  }
  const [, first, comma, last] = found
  const least = Number(first)
  const most = comma === undefined ? least : last === undefined ? Number.POSITIVE_INFINITY : Number(last)
  if (least <= MOST_COPIES && least <= most && (last === undefined || most <= MOST_COPIES))
    return { least, most, counted: last === undefined ? least : most }
  throw new PatternError(`has a bad repetition, {${inside}}; at most ${MOST_COPIES} are possible`)
}
