/** The executable cannot be packed. */
export class PackError extends Error {}

export function fail(message) {
  throw new PackError(message)
}
