/** Every released version of the CNI specification, oldest first. */
export const SUPPORTED_VERSIONS = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const

export type CniVersion = (typeof SUPPORTED_VERSIONS)[number]

export const LATEST_VERSION: CniVersion = '1.1.0'

/** The version of a configuration without a `cniVersion`, or with an empty one, as in libcni. */
export const IMPLIED_VERSION: CniVersion = '0.1.0'

export function isSupportedVersion(text: unknown): text is CniVersion {
  return (SUPPORTED_VERSIONS as readonly unknown[]).includes(text)
}

/** Whether version `a` is `b` or a later one. */
export function isAtLeast(a: CniVersion, b: CniVersion): boolean {
  return SUPPORTED_VERSIONS.indexOf(a) >= SUPPORTED_VERSIONS.indexOf(b)
}
