type Kind<T extends Error> = abstract new (...args: never) => T

/** An error that is of this kind; every other is a bug and is thrown again. */
export function asKind<T extends Error>(kind: Kind<T>, error: unknown): T {
  if (error instanceof kind) return error
  throw error
}

/** What `action` returns, or the error of this kind that it throws. */
export function catchKind<R, T extends Error>(kind: Kind<T>, action: () => R): R | T {
  try {
    return action()
  } catch (error) {
    return asKind(kind, error)
  }
}
