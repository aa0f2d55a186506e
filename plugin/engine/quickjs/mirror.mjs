// Where Debian's packages come from on this machine.
import { readFileSync } from 'node:fs'
import { NotThere, tryToRun } from './command.mjs'

/**
 * The URL of a mirror that has a suite of Debian: DEBIAN_MIRROR=URL, or the one that the machine's own apt uses. Throws
 * NotThere if apt uses none, or if apt is not installed.
 */
export function debianMirror(suite) {
  const mirrors = process.env.DEBIAN_MIRROR === undefined ? mirrorsOfApt() : { debian: process.env.DEBIAN_MIRROR }
  if (mirrors.debian === undefined)
    throw new NotThere('apt has no mirror of Debian here; give one as DEBIAN_MIRROR=URL')
  if (!suite.endsWith('-security')) return mirrors.debian
  return mirrors.security ?? mirrors.debian.replace(/\/debian\/?$/, '/debian-security')
}

/** By what the release files say, for a mirror may have any path; or by the path, where apt does not know them yet. */
function mirrorsOfApt() {
  const format = '$(ORIGIN)|$(LABEL)|$(REPO_URI)'
  const lines = tryToRun('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']).split('\n')
  const urlOf = (label, path) => {
    const line = lines.find((each) => each.startsWith(`Debian|${label}|`)) ?? lines.find((each) => path.test(each))
    return line === undefined ? undefined : firstOf(line.slice(line.lastIndexOf('|') + 1))
  }
  return { debian: urlOf('Debian', /\/debian\/?$/), security: urlOf('Debian-Security', /\/debian-security\/?$/) }
}

/** Images of clouds have lists of mirrors: `mirror+file:/etc/apt/mirrors/debian.list`, a URL at the start of each line. */
function firstOf(uri) {
  const [, list] = /^mirror\+file:(?:\/\/)?(\/.*?)\/?$/.exec(uri) ?? []
  if (list === undefined) return uri
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s/)[0])
    .find((word) => /^https?:/.test(word))
}
