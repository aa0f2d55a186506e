/** The character rules of libcni (pkg/utils) for names that come from outside and end up in file names. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** Bytes of an interface's name: IFNAMSIZ less the terminating NUL, <linux/if.h>. */
const IFNAME_MAX = 15

/** Why `text` cannot be a CNI_CONTAINERID, or undefined. */
export function containerIdProblem(text: string): string | undefined {
  return NAME.test(text) ? undefined : 'must be letters, digits, "_", "." and "-", and start with a letter or digit'
}

/** Why `text` cannot be the name of a network, or undefined. */
export function networkNameProblem(text: string): string | undefined {
  return containerIdProblem(text)
}

/** Why `text` cannot be the name of an interface, or undefined: dev_valid_name() in net/core/dev.c. */
export function ifNameProblem(text: string): string | undefined {
  if (utf8Length(text) > IFNAME_MAX) return `is longer than ${IFNAME_MAX} bytes`
  if (text === '.' || text === '..') return 'is the name of a directory'
  if (/[/:\s\u0000-\u001f\u007f-\u009f]/.test(text))
    return 'has an invalid character: "/", ":", a blank or a control character'
  return undefined
}

/** Why `text` cannot be the name of a Kubernetes namespace (RFC 1123, section 2.1), or undefined. */
export function namespaceProblem(text: string): string | undefined {
  if (text.length > 63) return 'is longer than 63 characters'
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text) ? undefined : 'is not the name of a namespace'
}

function utf8Length(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0)
  return codes.reduce((length, code) => length + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4), 0)
}
