import type { Wakening } from '../../plugin/os/watching.ts'
import { type FakeFiles, type Files, toFiles } from './fake-files.ts'
import type { FakeLink } from './fake-link.ts'
import type { FakeSocket } from './fake-sockets.ts'

/** What a fake operating system starts with. */
export interface FakeMachine {
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** An errno where reading it fails. */
  stdin?: string | { readonly fails: string }
  /** One tree of files per netns, by the path of the netns; `host` is where the plugin starts. */
  netns?: Readonly<Record<string, FakeFiles>>
  /** Files outside every netns. */
  files?: FakeFiles
  /** Paths that exist and are no network namespace. */
  notNetns?: readonly string[]
  /** "dev:ino" by path, where that is not the path itself; the cookies likewise. */
  netnsIds?: Readonly<Record<string, string>>
  cookies?: Readonly<Record<string, string>>
  /** False before Linux 5.14. */
  hasCookies?: boolean
  /** Folders that another process has locked for good. */
  locked?: readonly string[]
  /** The errno that entering a netns gives, or leaving it. */
  enterFails?: string
  leaveFails?: string
  /** The interfaces of a netns, by its path, for {@link Os.linkIoctl}. */
  links?: Readonly<Record<string, Readonly<Record<string, FakeLink>>>>
  /** The listening TCP sockets of a netns, by its path. */
  sockets?: Readonly<Record<string, readonly FakeSocket[]>>
  /** The errno that a request by netlink gives. */
  netlinkFails?: string
  /** What a new netns has; making one fails where this is missing. */
  newNetns?: FakeFiles
  isTerminal?: boolean
  stdoutFails?: string
  /** What writing an undo record fails with, or making its folder. */
  replaceFails?: string
  makeFails?: string
  stderrFails?: string
  /** What happens to the files while a command waits, and why it goes on then; terminated where this is missing. */
  wait?: (files: Files, milliseconds: number) => Wakening
  /** What somebody else does just before a file is rewritten, or renamed, each time. */
  meanwhile?: ((files: Files) => void)[]
  /** The errno that watching folders gives. */
  watchFails?: string
  /** What an earlier request has left; it goes on from there, and `netns`, `files` and `links` are changes of it. */
  state?: FakeState
}

/** What outlives one run of the plugin. */
export interface FakeState {
  readonly trees: Map<string, Files>
  readonly shared: Files
  readonly links: Map<string, Record<string, FakeLink>>
}

/** A copy of what the machine has, or what it goes on from with the changes put in. */
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
