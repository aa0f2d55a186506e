/** An open network namespace: the one that was checked is the one that is entered, even if its path has changed. */
export interface Netns {
  readonly path: string
  readonly fd: number
  /** "dev:ino"; a new netns often has the number of one that is gone. */
  readonly id: string
}

/** What an operating system does with network namespaces. */
export interface Namespaces {
  /** EINVAL for a file that is not a namespace. A namespace of another kind is found by {@link Namespaces.enterNetns}. */
  openNetns(path: string): Netns
  /** "dev:ino" of the netns in which the process was started. */
  ownNetnsId(): string
  /** setns(2): from now on /proc/sys/net is that of `netns`. */
  enterNetns(netns: Netns): void
  /** unshare(2): makes a network namespace and enters it; it goes when it is left. */
  makeNetns(): void
  /** Back to the network namespace in which the process was started: only to read there. */
  leaveNetns(): void
  /** SO_NETNS_COOKIE of the netns that the thread is in: unique until the next boot. Undefined before Linux 5.14. */
  netnsCookie(): string | undefined
}
