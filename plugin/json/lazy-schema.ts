import type { ZodMiniType } from 'zod/mini'

/** A schema of a JSON value that is built at the first call: each takes a while, and few requests need all. */
export function lazySchema<T extends ZodMiniType>(build: () => T): () => T {
  let built: T | undefined
  return () => {
    built ??= build()
    return built
  }
}
