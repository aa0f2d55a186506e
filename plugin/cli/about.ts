import { SUPPORTED_VERSIONS } from '../cni/version.ts'

declare const PLUGIN_VERSION: string

/** The text that the executable prints without arguments. */
export function formatAbout(): string {
  return `CNI netns-sysctl plugin ${pluginVersion()}: sets sysctls in a container's netns
CNI protocol versions supported: ${SUPPORTED_VERSIONS.join(', ')}
A container runtime runs it, chained after a network plugin in a conflist.
`
}

/** The version of package.json, put in by the build. */
export function pluginVersion(): string {
  return typeof PLUGIN_VERSION === 'string' ? PLUGIN_VERSION : 'unreleased'
}
