import type { NodeNetwork } from '../node/networks.ts'
import type { Row } from '../node/rows.ts'

/** The plugin's executable on the node. */
export interface Executable {
  readonly path: string
  /** `another` where it is not the one that runs, `unknown` where that cannot be told; null if there is none. */
  readonly version: string | null
}

/** What there is to tell of a node. */
export interface Found {
  readonly confDir: string
  /** What containerd and CRI-O load. */
  readonly inForce: NodeNetwork | undefined
  /** The other conflists that have an entry: podman and nerdctl take any. */
  readonly others: readonly NodeNetwork[]
  readonly executable: Executable
  readonly rows: readonly Row[]
}
