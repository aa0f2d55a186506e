import type { OsError } from '../os/os.ts'
import type { Subject } from '../subject/subject.ts'
import { formatLinkNames } from '../subject/surroundings.ts'
import { LINK_ATTRIBUTES, type LinkAttribute, readLinkAttribute, writeLinkAttribute } from './attributes.ts'
import { normalizeMac } from './mac.ts'

/** An attribute of an interface as something that has a value. */
export function createLinkSubject(ifName: string, attribute: LinkAttribute): Subject {
  return {
    id: `${PREFIX}${ifName}:${attribute}`,
    name: `${attribute} of ${ifName}`,
    read: (os) => readLinkAttribute(os, ifName, attribute),
    prepare: () => undefined,
    write(os, value) {
      // A device that is up may refuse even its own MAC address.
      if (readLinkAttribute(os, ifName, attribute) !== value) writeLinkAttribute(os, ifName, attribute, value)
    },
    valueProblem: () => undefined,
    isKept: (wanted, current) => (normalizeMac(wanted) ?? wanted) === (normalizeMac(current) ?? current),
    explainTarget: (error, surroundings) =>
      error.errno === 'ENODEV'
        ? `there is no interface ${ifName} here; ${formatLinkNames(surroundings().links)}`
        : `cannot be read (${error.errno})`,
    explainRefusal: (_, value, error, current) => explainRefusal(attribute, value, error, current),
  }
}

/** The subject of an id of {@link createLinkSubject}; undefined for any other text. */
export function parseLinkSubject(id: string): Subject | undefined {
  if (!id.startsWith(PREFIX)) return undefined
  const [ifName = '', name] = id.slice(PREFIX.length).split(':')
  const attribute = LINK_ATTRIBUTES.find((known) => known === name)
  return attribute === undefined ? undefined : createLinkSubject(ifName, attribute)
}

/** No interface has a colon in its name, and no sysctl's name starts like this. */
const PREFIX = 'link:'

function explainRefusal(attribute: LinkAttribute, value: string, error: OsError, current: string): string {
  return `the kernel refuses ${value} (${error.errno})${reasonOf(attribute, error.errno)}; it holds ${current}`
}

function reasonOf(attribute: LinkAttribute, errno: string): string {
  if (errno === 'EPERM') return ': the plugin must run as root, outside any container'
  if (errno === 'EBUSY') return ': the device would have to be down'
  // One number with two names; libuv's is the second.
  if (errno === 'EOPNOTSUPP' || errno === 'ENOTSUP') return ': the device cannot change it'
  if (attribute === 'mtu' && errno === 'EINVAL')
    return ': out of the range of the device, which is 68 to 65535 for a veth'
  return ''
}
