import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import type { FakeFiles } from '../../../helpers/fake-os.ts'

const FOLDER = '/etc/cni/net.d'
const LIST = `${FOLDER}/10-x.conflist`
const INSTALL = ['install', '--sysctl', 'net.core.somaxconn=1']
const FILES: FakeFiles = {
  '/proc/self/exe': 'this executable',
  '/opt/cni/bin/bridge': 'ELF',
  [LIST]: '{"name": "x", "plugins": [{"type": "bridge"}]}',
}

function install(args: readonly string[], files: FakeFiles = {}) {
  return typed([...INSTALL, ...args], { files: { ...FILES, ...files } })
}

describe('what a tired operator types', () => {
  test('a folder for --into', () => {
    expect(install(['--into', FOLDER]).stderr).toBe(
      `netns-sysctl: ${FOLDER}: is a folder; --into names a file, and --conf-dir a folder\n`,
    )
  })

  test('a file for --conf-dir', () => {
    expect(install(['--conf-dir', LIST]).stderr).toBe(`netns-sysctl: ${LIST}: is not a folder of configurations\n`)
  })

  describe('a folder for --bin-dir in which the runtime does not look', () => {
    const files = { '/opt/cni/readme': '', '/usr/lib/cni/bridge': 'ELF' }
    const warning = (folder: string) =>
      `warning: /opt/cni has no bridge, but ${folder} has it: if the runtime looks for plugins only there, it does not find netns-sysctl, and no pod starts; then give --bin-dir ${folder}\n`

    test('is a warning, with the one that has the network plugin', () => {
      const { exitCode, stdout } = install(['--bin-dir', '/opt/cni'], files)
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining(warning('/opt/cni/bin'))])
      const own = '/etc/containerd/config.toml'
      const more = { ...files, '/plugins/macvlan': 'ELF', [own]: 'bin_dir = "/plugins"' }
      const macvlan = { [LIST]: '{"name": "x", "plugins": [{"type": "macvlan"}]}' }
      expect(install(['--bin-dir', '/opt/cni'], { ...more, ...macvlan }).stdout).toContain('but /plugins has it')
    })

    test('is none where the network plugin is there too, or nowhere', () => {
      expect(install([], files).stdout).not.toContain('warning')
      const nowhere = { [LIST]: '{"name": "x", "plugins": [{"type": "nosuch"}]}' }
      expect(install(['--bin-dir', '/opt/cni'], { ...files, ...nowhere }).stdout).not.toContain('warning')
    })
  })

  test('uninstall without the file says what to type', () => {
    const { os } = install([])
    expect(typed(['uninstall'], { state: os.state }).stderr).toContain(`take it out of there, with --into ${LIST}\n`)
  })
})
