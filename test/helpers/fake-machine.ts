import type { Wakening } from '../../plugin/os/watching.ts'
import { type FakeFiles, type Files, toFiles } from './fake-files.ts'
import type { FakeLink } from './fake-link.ts'
import type { FakeSocket } from './fake-sockets.ts'

/** The initial state of a fake operating system. */
export interface FakeMachine {
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** An errno if reading it fails. */
  stdin?: string | { readonly fails: string }
  /** One tree of files per netns, by the path of the netns; `host` is where the plugin starts. */
  netns?: Readonly<Record<string, FakeFiles>>
  /** Files outside every netns. */
  files?: FakeFiles
  /** Paths that exist but are not network namespaces. */
  notNetns?: readonly string[]
  /** "dev:ino" by path, if it is not the path itself; the cookies likewise. */
  netnsIds?: Readonly<Record<string, string>>
  cookies?: Readonly<Record<string, string>>
  /** False before Linux 5.14. */
  hasCookies?: boolean
  /** Folders that another process has locked for good. */
  locked?: readonly string[]
  /** The errno of entering a netns, or of leaving it. */
  enterFails?: string
  leaveFails?: string
  /** The interfaces of a netns, by its path, for {@link Os.linkIoctl}. */
  links?: Readonly<Record<string, Readonly<Record<string, FakeLink>>>>
  /** The listening TCP sockets of a netns, by its path. */
  sockets?: Readonly<Record<string, readonly FakeSocket[]>>
  /** The errno of a request by netlink. */
  netlinkFails?: string
  /** The files of a new netns; making one fails if this is missing. */
  newNetns?: FakeFiles
  isTerminal?: boolean
  stdoutFails?: string
  /** The errno of writing an undo record, or of making its folder. */
  replaceFails?: string
  makeFails?: string
  stderrFails?: string
  /** Changes of the files while a command waits, and why it goes on; terminated if this is missing. */
  wait?: (files: Files, milliseconds: number) => Wakening
  /** What somebody else does each time just before a file is rewritten or renamed. */
  meanwhile?: ((files: Files) => void)[]
  /** The errno of watching folders. */
  watchFails?: string
  /** The state after an earlier request; `netns`, `files` and `links` are changes of it. */
  state?: FakeState
}

/** The state that outlives one run of the plugin. */
export interface FakeState {
  readonly trees: Map<string, Files>
  readonly shared: Files
  readonly links: Map<string, Record<string, FakeLink>>
}

/** A copy of the machine's state, or of the earlier state with the changes. */
export function createState({ state, netns = {}, files = {}, links = {} }: FakeMachine): FakeState {
  const { trees, shared, links: known } = state ?? { trees: new Map(), shared: new Map(), links: new Map() }
  for (const [path, changes] of Object.entries(netns)) {
    trees.set(path, new Map([...(trees.get(path) ?? []), ...toFiles(changes)]))
  }
  for (const [path, file] of toFiles(files)) shared.set(path, file)
  for (const [path, changes] of Object.entries(links)) {
    const copies = Object.entries(changes).map(([ifName, link]) => [ifName, { ...link }])
    known.set(path, { ...known.get(path), ...Object.fromEntries(copies) })
  }
  return { trees, shared, links: known }
}
