import { describe, expect, test } from 'vitest'
import { runtimesHere, runtimesReading } from '../../../plugin/cli/runtimes.ts'
import { typed } from '../../helpers/cli.ts'
import { createFakeOs, type FakeFiles } from '../../helpers/fake-os.ts'

const USUAL = '/etc/cni/net.d'
const PODMAN_5 = { '/usr/bin/podman': '', '/var/lib/dpkg/status': dpkg('5.4.2+ds1-2+b2') }
const PODMAN_4 = { '/usr/bin/podman': '', '/var/lib/dpkg/status': dpkg('4.3.1+ds1-8+deb12u1+b1') }
const CONTAINERS_CONF = '/etc/containers/containers.conf'
const CNI = { [CONTAINERS_CONF]: '[network]\nnetwork_backend = "cni"\n' }
const CONFIG = '/etc/containerd/config.toml'

describe('the runtimes of this machine that read a folder', () => {
  test.each<[string, FakeFiles, string, string[]]>([
    ['none if there is none', {}, USUAL, []],
    ['containerd', { '/usr/bin/containerd': '' }, USUAL, ['containerd']],
    ['containerd, not another folder', { '/usr/local/bin/containerd': '' }, '/srv/cni/net.d', []],
    [
      'containerd, as its configuration says',
      {
        '/usr/bin/containerd': '',
        [CONFIG]: '[plugins."io.containerd.grpc.v1.cri".cni]\n  conf_dir = "/srv/cni/net.d/"\n',
      },
      '/srv/cni/net.d',
      ['containerd'],
    ],
    [
      'containerd, not as a comment says',
      { '/usr/bin/containerd': '', [CONFIG]: '#  conf_dir = "/srv/cni/net.d"\n' },
      USUAL,
      ['containerd'],
    ],
    [
      'containerd, with a file of conf.d that wins',
      {
        '/usr/bin/containerd': '',
        [CONFIG]: "conf_dir = '/a/cni/net.d'\n",
        '/etc/containerd/conf.d/10-cni.toml': "conf_dir = '/b/cni/net.d'\n",
      },
      '/b/cni/net.d',
      ['containerd'],
    ],
    [
      'k3s',
      {
        '/var/lib/rancher/k3s/agent/etc/containerd/config.toml':
          'conf_dir = "/var/lib/rancher/k3s/agent/etc/cni/net.d"',
      },
      '/var/lib/rancher/k3s/agent/etc/cni/net.d',
      ['k3s'],
    ],
    ['RKE2', { '/var/lib/rancher/rke2/agent/etc/containerd/config.toml': '' }, USUAL, ['RKE2']],
    [
      'CRI-O',
      { '/usr/bin/crio': '', '/etc/crio/crio.conf.d/10.conf': 'network_dir = "/x/cni/net.d"' },
      '/x/cni/net.d',
      ['CRI-O'],
    ],
    [
      'nerdctl and cri-dockerd',
      { '/usr/local/bin/nerdctl': '', '/usr/bin/cri-dockerd': '' },
      USUAL,
      ['nerdctl', 'cri-dockerd'],
    ],
    ['not podman 5', { ...PODMAN_5, ...CNI }, USUAL, []],
    ['not podman 4 with netavark', PODMAN_4, USUAL, []],
    ['podman 4 with CNI', { ...PODMAN_4, ...CNI }, USUAL, ['podman']],
    ['podman of which no package manager tells', { '/usr/bin/podman': '', ...CNI }, USUAL, ['podman']],
    [
      'podman 4 that began with CNI',
      { ...PODMAN_4, '/var/lib/containers/storage/defaultNetworkBackend': 'cni' },
      USUAL,
      ['podman'],
    ],
    [
      'podman 4, as its configuration says',
      { ...PODMAN_4, [CONTAINERS_CONF]: '[network]\nnetwork_backend="cni"\nnetwork_config_dir = "/p/cni/net.d"\n' },
      '/p/cni/net.d',
      ['podman'],
    ],
    [
      'what cannot be read',
      { '/usr/bin/containerd': '', [CONFIG]: { text: '', readFails: 'EACCES' } },
      USUAL,
      ['containerd'],
    ],
  ])('%s', (_, files, folder, names) => {
    expect(runtimesReading(runtimesHere(createFakeOs({ files })), folder)).toEqual(names)
  })

  test('below the folder where the host is mounted', () => {
    const os = createFakeOs({ files: { '/host/usr/bin/containerd': '' } })
    expect(runtimesHere(os)).toEqual([])
    expect(runtimesReading(runtimesHere(os, '/host'), USUAL)).toEqual(['containerd'])
  })
})

describe('a folder that no runtime reads', () => {
  const LIST = `${USUAL}/87-podman-bridge.conflist`
  const ENTRY = { type: 'netns-sysctl', sysctl: { 'net.core.somaxconn': 16384 } }
  const CONFLIST = JSON.stringify({ cniVersion: '1.0.0', name: 'web', plugins: [{ type: 'bridge' }, ENTRY] })
  const NOTE = `netns-sysctl: note: no container runtime of this machine reads ${USUAL}: podman 5.4.2 has no CNI any more\n`
  const node = { [LIST]: CONFLIST, '/opt/cni/bin/bridge': '', '/proc/self/exe': 'itself' }
  const install = ['install', '--into', LIST, '--sysctl', 'net.core.somaxconn=16384']

  test('install tells of it, and does what it is asked', () => {
    expect(typed(install, { files: { ...node, ...PODMAN_5 } })).toMatchObject({ exitCode: 0, stderr: NOTE })
  })

  test('lint tells of it, and the exit code stays', () => {
    expect(typed(['lint', LIST], { files: { ...node, ...PODMAN_5 } })).toMatchObject({ exitCode: 0, stderr: NOTE })
  })

  test.each<[string, FakeFiles]>([
    ['where one reads it', { ...PODMAN_5, '/usr/bin/containerd': '' }],
    ['where there is no runtime, as in a container that installs', {}],
  ])('and they tell nothing %s', (_, files) => {
    expect(typed(install, { files: { ...node, ...files } })).toMatchObject({ exitCode: 0, stderr: '' })
    expect(typed(['lint', LIST], { files: { ...node, ...files } })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('of a name that is not CNI’s is nobody else’s business', () => {
    const files = { '/srv/checkout/a.conflist': CONFLIST, ...PODMAN_5 }
    expect(typed(['lint', '/srv/checkout/a.conflist'], { files })).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

function dpkg(version: string): string {
  return `Package: bash\nVersion: 5.2\n\nPackage: podman\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDescription: engine\n\nPackage: zlib1g\nVersion: 1:1.2\n`
}
