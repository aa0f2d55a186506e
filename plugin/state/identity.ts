import type { Netns } from '../os/netns.ts'
import type { Os } from '../os/os.ts'

/** What distinguishes a netns from all others, even from removed ones. */
export interface NetnsIdentity {
  /** "dev:ino". A new netns often has the number of one that is gone. */
  readonly id: string
  /** Unique until the next boot; undefined before Linux 5.14, and in records of version 1. */
  readonly cookie: string | undefined
  /** The ID of the boot in which it was made; empty if that is not known. */
  readonly bootId: string
}

/** The identity of the netns that the thread has entered. Throws OsError. */
export function readIdentity(os: Os, { id }: Netns): NetnsIdentity {
  return { id, cookie: os.netnsCookie(), bootId: readBootId(os) }
}

/** Whether the netns certainly is the recorded one; both belong to the same container's id. */
export function isSameNetns(recorded: NetnsIdentity, current: NetnsIdentity): boolean {
  if (recorded.bootId === '' || recorded.bootId !== current.bootId) return false
  return recorded.cookie === undefined ? recorded.id === current.id : recorded.cookie === current.cookie
}

export const BOOT_ID = '/proc/sys/kernel/random/boot_id'

/** Different after each boot; empty if there is none. Throws OsError. */
export function readBootId(os: Os): string {
  return os.readIfExists(BOOT_ID)?.trim() ?? ''
}
