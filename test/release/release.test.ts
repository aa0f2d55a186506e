import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addVeth, createNetns, type Netns, type Ran, readSysctl, run } from '../helpers/netns.ts'
import { envOf, formatConf } from '../helpers/requests.ts'
import { ARCHIVES, DIST, fileOf, unpack, VERSION } from './archives.ts'

/** The parts that the tests read. */
interface Sbom {
  readonly bomFormat: string
  readonly specVersion: string
  readonly metadata: { readonly component: { readonly version: string } }
  readonly components: readonly { readonly name: string }[]
  readonly dependencies: readonly { readonly dependsOn: readonly string[] }[]
}

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

describe.each(ARCHIVES)('the archive $name', (archive) => {
  const name = fileOf(archive)
  const folder = unpack(archive)
  const executable = join(folder, 'netns-sysctl')
  const command = [...archive.starter, executable] as const
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('has the checksum that is in SHA256SUMS', () => {
    const digest = createHash('sha256')
      .update(readFileSync(join(DIST, name)))
      .digest('hex')
    expect(readFileSync(join(DIST, 'SHA256SUMS'), 'utf8').split('\n')).toContain(`${digest}  ${name}`)
  })

  test('has the executable, the licenses, what it is made of and the README, as files of root', () => {
    const { stdout } = run(['tar', '--list', '--verbose', '--numeric-owner', '--file', join(DIST, name)])
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
    expect(entries.map(([mode, owner, , , , path]) => [mode, owner, path])).toEqual([
      ['drwxr-xr-x', '0/0', './'],
      ['-rw-r--r--', '0/0', './LICENSE'],
      ['-rw-r--r--', '0/0', './README.md'],
      ['-rw-r--r--', '0/0', './THIRD-PARTY-LICENSES'],
      ['-rwxr-xr-x', '0/0', './netns-sysctl'],
      ['-rw-r--r--', '0/0', './sbom.cdx.json'],
    ])
  })

  test('has the licenses of all that is in it of others', () => {
    const text = readFileSync(join(folder, 'THIRD-PARTY-LICENSES'), 'utf8')
    const names = [...text.matchAll(/^==== (.*) ====$/gm)].map(([, of]) => of)
    expect(names).toEqual(['arg', 'leven', 'yaml', 'zod', ...archive.parts])
    expect(text.match(/Permission (is hereby granted|to use)/g)?.length).toBeGreaterThanOrEqual(names.length)
  })

  test('says in CycloneDX what is in it of others, with versions and checksums', () => {
    const text = readFileSync(join(folder, 'sbom.cdx.json'), 'utf8')
    const { bomFormat, specVersion, metadata, components, dependencies } = JSON.parse(text) as Sbom
    expect({ bomFormat, specVersion, of: metadata.component.version }).toEqual({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      of: VERSION,
    })
    const licenses = readFileSync(join(folder, 'THIRD-PARTY-LICENSES'), 'utf8')
    const licensed = [...licenses.matchAll(/^==== (.*) ====$/gm)].map(([, of]) => of)
    // The license of Node.js is the same for each architecture.
    expect(components.map((component) => component.name.replace('linux-arm64', 'linux-x64'))).toEqual(licensed)
    for (const component of components) {
      expect(component).toMatchObject({
        version: expect.stringMatching(/^\d/),
        purl: expect.stringMatching(/^pkg:(npm|deb|github)\/.*@/),
        hashes: [{ content: expect.stringMatching(/^[0-9a-f]{64,128}$/) }],
      })
    }
    expect(dependencies[0]?.dependsOn).toHaveLength(components.length)
    expect(text).not.toMatch(/timestamp|serialNumber|[^:]\/(root|home|tmp|work)\//)
  })

  test('is for its architecture', () => {
    const { stdout } = run(['readelf', '--file-header', executable])
    expect(/Machine: +(.*)/.exec(stdout)?.[1]).toBe(archive.machine)
  })

  test('has an executable that says its version', () => {
    expect(run([...command, '--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  test('has an executable that installs itself as the type netns-sysctl', () => {
    const folderOfPlugins = join(folder, 'bin')
    mkdirSync(folderOfPlugins)
    // The emulator looks for some paths in that root and for others in this machine's.
    const options = ['--bin-dir', folderOfPlugins, ...(archive.root === undefined ? [] : ['--host-root', archive.root])]
    expect(run([...command, 'install', ...options])).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(folderOfPlugins)).toEqual(['netns-sysctl'])
    const installed = readFileSync(join(folderOfPlugins, 'netns-sysctl'))
    expect(installed.equals(readFileSync(executable))).toBe(true)
  })

  test('answers VERSION', () => {
    const { status, stdout } = run(command, { env: { CNI_COMMAND: 'VERSION' }, input: '{"cniVersion":"1.0.0"}' })
    expect({ status, answer: JSON.parse(stdout) }).toMatchObject({ status: 0, answer: { cniVersion: '1.0.0' } })
  })

  describe('in a network namespace', () => {
    let netns: Netns
    beforeAll(async () => {
      netns = await createNetns()
      addVeth(netns)
    })
    afterAll(() => netns.close())

    const records = join(folder, 'records')
    const request = (verb: string, path = netns.path): Ran => {
      const input = formatConf({ sysctl: { 'net.core.somaxconn': 1234 }, dataDir: records })
      return netns.onHost(command, { env: { ...envOf(verb), CNI_NETNS: path }, input })
    }

    test('refuses what is none', () => {
      const { status, stdout } = request('ADD', netns.path.replace(/net$/, 'mnt'))
      expect({ status, answer: JSON.parse(stdout) }).toMatchObject({ status: 1, answer: { code: 8 } })
    })

    test('sets a sysctl, checks it, says that it has changed, and puts it back', () => {
      const before = readSysctl(netns, SOMAXCONN)
      expect(request('ADD')).toMatchObject({ status: 0, stderr: '' })
      expect(readSysctl(netns, SOMAXCONN)).toBe('1234')
      expect(readdirSync(records)).toHaveLength(1)
      expect(request('CHECK')).toEqual({ status: 0, stdout: '', stderr: '' })

      netns.inside(['sh', '-c', `echo 4321 > ${SOMAXCONN}`])
      const { status, stdout } = request('CHECK')
      expect({ status, answer: JSON.parse(stdout) }).toMatchObject({ status: 1, answer: { code: 102 } })

      netns.inside(['sh', '-c', `echo 1234 > ${SOMAXCONN}`])
      expect(request('DEL')).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(readSysctl(netns, SOMAXCONN)).toBe(before)
      expect(readdirSync(records)).toEqual([])
    })
  })
})
