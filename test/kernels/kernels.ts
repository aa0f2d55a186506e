/** A kernel of Debian's that the tests boot: the newest of its suites. */
export interface Kernel {
  /** Its name on the command line. */
  readonly name: string
  readonly arch: 'amd64' | 'arm64'
  /** The last is preferred if several have the image. */
  readonly suites: readonly [string, ...string[]]
  /** The package that depends on the newest image. */
  readonly image: string
  /** The processor features that the kernel needs. */
  readonly cpu: string
}

export const KERNELS: readonly Kernel[] = [
  { name: '5.10', arch: 'amd64', suites: ['bullseye', 'bullseye-security'], image: 'linux-image-amd64', cpu: 'max' },
  { name: '6.1', arch: 'amd64', suites: ['bookworm', 'bookworm-security'], image: 'linux-image-amd64', cpu: 'max' },
  { name: '6.12', arch: 'amd64', suites: ['trixie', 'trixie-security'], image: 'linux-image-amd64', cpu: 'max' },
  { name: 'newest', arch: 'amd64', suites: ['trixie', 'trixie-backports'], image: 'linux-image-amd64', cpu: 'max' },
  {
    name: '5.10-arm64',
    arch: 'arm64',
    suites: ['bullseye', 'bullseye-security'],
    image: 'linux-image-arm64',
    cpu: 'cortex-a57',
  },
  {
    name: '6.12-arm64-16k',
    arch: 'arm64',
    suites: ['trixie', 'trixie-security'],
    image: 'linux-image-arm64-16k',
    cpu: 'max,pauth-impdef=on',
  },
]

/** The kernels of these names, by default all of them. Throws for an unknown name. */
export function chooseKernels(names: readonly string[]): readonly Kernel[] {
  const unknown = names.filter((name) => !KERNELS.some((kernel) => kernel.name === name))
  if (unknown.length > 0) {
    throw new Error(`no kernel ${unknown.join(', ')}; there are ${KERNELS.map(({ name }) => name).join(', ')}`)
  }
  return names.length === 0 ? KERNELS : KERNELS.filter(({ name }) => names.includes(name))
}
