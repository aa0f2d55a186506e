import type { ZodMiniType } from 'zod/mini'

/** A schema that is built at the first call: building takes a while, and few requests need all schemas. */
export function lazySchema<T extends ZodMiniType>(build: () => T): () => T {
  let built: T | undefined
  return () => {
    built ??= build()
    return built
  }
}
