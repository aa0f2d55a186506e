import type { NodeNetwork } from '../node/networks.ts'
import type { Row } from '../node/rows.ts'

/** The plugin's executable on the node. */
export interface Executable {
  readonly path: string
  /** `another` if it is not the running one, `unknown` if that cannot be decided; null if there is none. */
  readonly version: string | null
}

/** The report about a node. */
export interface Found {
  readonly confDir: string
  /** The file that containerd and CRI-O load. */
  readonly inForce: NodeNetwork | undefined
  /** The other conflists with an entry: podman and nerdctl use any file. */
  readonly others: readonly NodeNetwork[]
  readonly executable: Executable
  readonly rows: readonly Row[]
}
