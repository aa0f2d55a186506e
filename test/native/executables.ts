import { join } from 'node:path'

const dist = (name: string) => join(import.meta.dirname, '../../dist', name)

/** Node.js's, which the others are compared with. */
export const PACKED = dist('netns-sysctl')

/** What `npm run build:native` makes. */
export const NATIVE = dist('netns-sysctl-native')

/** The same sources under AddressSanitizer and UndefinedBehaviorSanitizer, which end it at the first mistake. */
export const SANITIZED = dist('netns-sysctl-sanitized')

export const NATIVE_ONES = [
  ['the native executable', NATIVE],
  ['the sanitized one', SANITIZED],
] as const
