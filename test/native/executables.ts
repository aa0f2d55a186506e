import { join } from 'node:path'

const dist = (name: string) => join(import.meta.dirname, '../../dist', name)

/** The executable on Node.js, with which the others are compared. */
export const PACKED = dist('netns-sysctl')

/** The executable of `npm run build:native`. */
export const NATIVE = dist('netns-sysctl-native')

/** The same sources with AddressSanitizer and UndefinedBehaviorSanitizer, which end it at the first error. */
export const SANITIZED = dist('netns-sysctl-sanitized')

export const NATIVE_ONES = [
  ['the native executable', NATIVE],
  ['the sanitized one', SANITIZED],
] as const
