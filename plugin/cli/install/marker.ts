import { isJsonObject } from '../../config/members.ts'
import { setMember } from '../../json/edit.ts'

/** A member of a conflist that only install reads; libcni ignores it. */
const MEMBER = 'netns-sysctl'

/** The sources of a conflist that install has written: names of files beside it. */
export interface Marker {
  /** The source of a file that `--own-file` names. */
  readonly copyOf?: string
  /** The single configuration that it replaces. */
  readonly madeOf?: string
}

/** The text of a conflist with its marker. */
export function mark(text: string, marker: Marker): string {
  return setMember(text, [MEMBER], marker)
}

/** The marker of a text; empty if it is not a conflist of install's own. */
export function readMarker(text: string): Marker {
  const marker = memberOf(text)
  if (!isJsonObject(marker)) return {}
  const { copyOf, madeOf } = marker
  return {
    ...(typeof copyOf === 'string' && { copyOf }),
    ...(typeof madeOf === 'string' && { madeOf }),
  }
}

function memberOf(text: string): unknown {
  if (!text.includes(`"${MEMBER}"`)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value[MEMBER] : undefined
  } catch {
    // Somebody else's file, maybe half written.
    return undefined
  }
}
