import { isJsonObject } from '../../config/members.ts'
import { setMember } from '../../json/edit.ts'

/** The member of a conflist that only install reads; libcni leaves out what it does not know. */
const MEMBER = 'netns-sysctl'

/** What a conflist that install has written was made from: the names of files beside it. */
export interface Marker {
  /** The source of a file that `--own-file` names. */
  readonly copyOf?: string
  /** The single configuration that it takes the place of. */
  readonly madeOf?: string
}

/** The text of a conflist with its marker. */
export function mark(text: string, marker: Marker): string {
  return setMember(text, [MEMBER], marker)
}

/** What a text says of itself; nothing, where it is not a conflist of install's own. */
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
    // Somebody else's, and half written perhaps.
    return undefined
  }
}
