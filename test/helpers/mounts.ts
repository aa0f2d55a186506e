import type { Command } from './executable.ts'

/** Files to be put into an empty /etc, by path. */
export type EtcFiles = Readonly<Record<string, string>>

// -n: or mount(8) would make /run/mount, which is the host's.
const WITH_ETC = `set -e
mount -n -t tmpfs tmpfs /etc
while [ "$1" != -- ]; do mkdir -p "$(dirname "$1")"; printf %s "$2" >"$1"; shift 2; done
shift
exec "$@"`

/** Runs an executable in a mount namespace of its own, in which /etc has these files and no others. */
export function withEtc(files: EtcFiles): (executable: string) => Command {
  const words = Object.entries(files).flat()
  return (executable) => [...PRIVATE_MOUNTS, WITH_ETC, 'sh', ...words, '--', executable]
}

const WITH_READ_ONLY = `set -e
mount -n --bind /proc/sys /proc/sys
mount -n -o remount,bind,ro,nosuid,nodev,noexec /proc/sys
exec "$@"`

/** Runs an executable in a mount namespace of its own, in which /proc/sys is read-only, as in a container. */
export function withReadOnlySysctls(executable: string): Command {
  return [...PRIVATE_MOUNTS, WITH_READ_ONLY, 'sh', executable]
}

const PRIVATE_MOUNTS = ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c'] as const

const WITH_RUN = `set -e
mount -n -t tmpfs tmpfs /run
"$2"
eval "$1"`

/** Runs an executable in a mount namespace of its own in which /run is empty, and then a line of shell there. */
export function withEmptyRun(line: string): (executable: string) => Command {
  return (executable) => [...PRIVATE_MOUNTS, WITH_RUN, 'sh', line, executable]
}
