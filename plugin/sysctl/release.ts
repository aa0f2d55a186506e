import { catchOsError, type Os, OsError } from '../os/os.ts'

/**
 * The kernel's version without what its builder adds, `6.18.44`. A distribution may keep the number of the ABI in its
 * place: Debian's `5.10.0-46-amd64` is 5.10.262, Ubuntu's `5.15.0-91-generic` is 5.15.131.
 */
export function readRelease(os: Pick<Os, 'readFile'>): string {
  const release = os.readFile('/proc/sys/kernel/osrelease').trim()
  const [plain = release] = /^\d+(\.\d+)*/.exec(release) ?? []
  const ofDebian = /\bDebian (\d+\.\d+\.\d+)/.exec(readOrEmpty(os, '/proc/sys/kernel/version'))
  const ofUbuntu = /^Ubuntu \S+ (\d+\.\d+\.\d+)/.exec(readOrEmpty(os, '/proc/version_signature'))
  const real = (ofDebian ?? ofUbuntu)?.[1]
  return real !== undefined && seriesOf(real) === seriesOf(plain) ? real : plain
}

/** Whether a release of {@link readRelease} is older than a series such as `5.12`. */
export function isOlderThan(release: string, series: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = series.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}

function seriesOf(release: string): string {
  return release.split('.').slice(0, 2).join('.')
}

function readOrEmpty(os: Pick<Os, 'readFile'>, path: string): string {
  const text = catchOsError(() => os.readFile(path))
  return text instanceof OsError ? '' : text
}
