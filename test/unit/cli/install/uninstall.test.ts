import { describe, expect, test } from 'vitest'
import { type Machine, typed } from '../../../helpers/cli.ts'
import type { FakeFile } from '../../../helpers/fake-os.ts'

const FOLDER = '/etc/cni/net.d'
const LIST = `${FOLDER}/10-x.conflist`
const TARGET = '/opt/cni/bin/netns-sysctl'
const WITHOUT = '{"plugins": [{"type": "bridge"}]}'
const WITH = '{"plugins": [{"type": "bridge"}, {"type": "netns-sysctl", "sysctl": {}}]}'

const uninstall = (args: readonly string[], { files, ...machine }: Machine = {}) => {
  const usual: Record<string, string | FakeFile> = {
    [TARGET]: { text: 'x', mode: 0o755 },
    [LIST]: { text: WITH, mode: 0o600 },
  }
  return typed(['uninstall', ...args], { files: { ...usual, ...files }, ...machine })
}

test('takes the entry out of the conflist, and then the executable out of its folder', () => {
  const { exitCode, stdout, os } = uninstall(['--into', LIST])
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: `edited ${LIST}\n-${WITH}\n+${WITHOUT}\nremoved ${TARGET}\n`,
  })
  expect(os.writes).toEqual([`${LIST} replaced`])
  expect(os.state.shared.get(LIST)).toMatchObject({ text: WITHOUT, mode: 0o600 })
  expect(os.state.shared.has(TARGET)).toBe(false)
})

test('doing it again changes nothing, and says so', () => {
  const { os } = uninstall(['--into', LIST])
  const again = typed(['uninstall', '--into', LIST], { state: os.state })
  expect(again).toMatchObject({ exitCode: 0, stdout: `is as it should be: ${LIST}\nis not there: ${TARGET}\n` })
  expect(again.os.writes).toEqual([])
})

test('--dry-run shows what it would do, and does nothing', () => {
  const { exitCode, stdout, os } = uninstall(['--into', LIST, '--dry-run'])
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: `would edit ${LIST}\n-${WITH}\n+${WITHOUT}\nwould remove ${TARGET}\n`,
  })
  expect([os.writes, os.readFile(LIST), os.state.shared.has(TARGET)]).toEqual([[], WITH, true])
})

test('--json has the same for programs', () => {
  expect(JSON.parse(uninstall(['--into', LIST, '--json']).stdout)).toEqual({
    dryRun: false,
    steps: [
      { path: LIST, action: 'edit', changes: true, lines: [`-${WITH}`, `+${WITHOUT}`] },
      { path: TARGET, action: 'remove', changes: true, lines: [] },
    ],
  })
})

describe('while a configuration names the plugin, its executable stays', () => {
  const told = (paths: string) =>
    `netns-sysctl: ${paths}: still names netns-sysctl, and its pods would not start; take it out of there, with --into ${paths.replaceAll(', ', ' --into ')}\n`

  test('the one in the usual folder', () => {
    const { exitCode, stderr, os } = uninstall([])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: told(LIST) })
    expect(os.state.shared.has(TARGET)).toBe(true)
  })

  test('another one beside that which is edited', () => {
    const files = { [`${FOLDER}/20-y.conf`]: '{"type": "netns-sysctl"}', [`${FOLDER}/30-z.json`]: WITH }
    const { exitCode, stdout, os } = uninstall(['--into', LIST], { files })
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `edited ${LIST}\n-${WITH}\n+${WITHOUT}\nkept ${TARGET}: ${FOLDER}/20-y.conf, ${FOLDER}/30-z.json name it\n`,
    })
    expect([os.readFile(LIST), os.state.shared.has(TARGET)]).toEqual([WITHOUT, true])
  })

  test('two that it is taken out of in one go', () => {
    const other = `${FOLDER}/20-y.conflist`
    const { exitCode, os } = uninstall(['--into', LIST, '--into', other], { files: { [other]: WITH } })
    expect([exitCode, os.readFile(other), os.state.shared.has(TARGET)]).toEqual([0, WITHOUT, false])
  })

  test('what no runtime takes for a configuration does not count', () => {
    const files = {
      [`${FOLDER}/10-x.conflist.bak`]: WITH,
      [`${FOLDER}/20-y.conflist`]: `${WITH},`,
      [`${FOLDER}/30-z.conflist`]: { text: WITH, mode: 0 },
      [`${FOLDER}/40-z.conflist`]: WITHOUT,
      '/elsewhere/10-x.conflist': WITH,
    }
    expect(uninstall(['--into', LIST], { files }).exitCode).toBe(0)
  })

  test('without the usual folder there is none', () => {
    expect(typed(['uninstall'], { files: { [TARGET]: 'x' } })).toMatchObject({
      exitCode: 0,
      stdout: `removed ${TARGET}\n`,
    })
  })
})

test('--bin-dir names the folder', () => {
  const files = { '/usr/lib/cni/netns-sysctl': 'x', [LIST]: WITHOUT }
  expect(uninstall(['--bin-dir', '/usr/lib/cni/'], { files }).stdout).toBe('removed /usr/lib/cni/netns-sysctl\n')
})

describe('while containers live that were made with it, its executable stays', () => {
  const config = (type: string) => btoa(JSON.stringify({ name: 'net1', plugins: [{ type: 'bridge' }, { type }] }))
  const cached = (netns: string, type = 'netns-sysctl') =>
    JSON.stringify({
      kind: 'cniCacheV1',
      containerId: 'c1',
      ifName: 'eth0',
      networkName: 'net1',
      netns,
      config: config(type),
    })
  const CACHE = '/var/lib/cni/results/net1-c1-eth0'
  const RECORD = '/run/cni/netns-sysctl/net1@c2@eth0.json'
  const record = (netns: string) => ({
    '/run/cni/netns-sysctl': { text: '', kind: 'directory' as const, mode: 0o700 },
    [RECORD]: JSON.stringify({
      plugin: 'netns-sysctl',
      version: 1,
      network: 'net1',
      containerId: 'c2',
      ifName: 'eth0',
      netns,
      sequence: 1,
      entries: [],
    }),
  })
  const NEEDED = 'containers that were made with it need it to end; uninstall again when they are gone, or use --force:'

  test('by the cache of libcni', () => {
    const netns = { '/run/netns/c1': {} }
    const { exitCode, stdout, os } = uninstall(['--into', LIST], { files: { [CACHE]: cached('/run/netns/c1') }, netns })
    expect([exitCode, os.state.shared.has(TARGET), os.readFile(LIST)]).toEqual([1, true, WITHOUT])
    expect(stdout).toContain(`kept ${TARGET}: ${NEEDED}\n  c1 (net1, eth0)\n`)
    const forced = typed(['uninstall', '--force'], { state: os.state, netns })
    expect([forced.exitCode, forced.os.state.shared.has(TARGET)]).toEqual([0, false])
  })

  test('by the undo records', () => {
    const netns = { '/run/netns/c2': {} }
    const files = { ...record('/run/netns/c2'), '/run/netns/c2': '' }
    const { exitCode, stdout, os } = uninstall(['--into', LIST], { files, netns })
    expect([exitCode, os.state.shared.has(TARGET), os.state.shared.has(RECORD)]).toEqual([1, true, true])
    expect(stdout).toContain(`kept ${TARGET}: ${NEEDED}\n  c2 (net1, eth0)\n`)
  })

  describe('the number of its netns in the undo record may be that of another one by now', () => {
    const NEW = '/run/netns/new'
    const RECORD_2 = '/run/cni/netns-sysctl/containers/c3/net1@eth0.json'
    const places = { netnsPath: '/proc/7/ns/net', netns: '4:5', cookie: '77', bootId: 'b' }
    const columns = { ids: [], found: [], after: [], putBack: [], kept: [], inherited: [] }
    const run = (recorded: object, machine: Machine) => {
      const text = { plugin: 'netns-sysctl', version: 2, network: 'net1', containerId: 'c3', ifName: 'eth0' }
      const folder = { text: '', kind: 'directory' as const, mode: 0o700 }
      const files = {
        '/run/cni/netns-sysctl': folder,
        '/run/cni/netns-sysctl/containers': folder,
        '/run/cni/netns-sysctl/containers/c3': folder,
        [RECORD_2]: JSON.stringify({ ...text, entry: 'chained', sequence: 1, ...places, ...recorded, ...columns }),
        [NEW]: '',
        '/proc/sys/kernel/random/boot_id': 'b\n',
      }
      const node = { files, netns: { [NEW]: {} }, netnsIds: { [NEW]: '4:5' }, cookies: { [NEW]: '77' } }
      const { exitCode, os } = uninstall(['--into', LIST], { ...node, ...machine })
      return [exitCode, os.state.shared.has(TARGET), os.state.shared.has(RECORD_2)]
    }
    const STAYS = [1, true, true]
    const GOES = [0, false, false]

    test.each<[string, object, Machine, unknown]>([
      ['it is the same with the same cookie', {}, {}, STAYS],
      ['it is another one with another cookie', {}, { cookies: { [NEW]: '78' } }, GOES],
      ['it is another one after a boot', { bootId: 'a' }, {}, GOES],
      ['without cookies it may be the same', { cookie: undefined }, { hasCookies: false }, STAYS],
      ['it may be the same if it cannot be entered', {}, { enterFails: 'EPERM' }, STAYS],
    ])('%s', (_, recorded, machine, expected) => {
      expect(run(recorded, machine)).toEqual(expected)
    })
  })

  test('those that are gone do not count, and their records go with the executable', () => {
    const files = { ...record('4:5'), [CACHE]: cached('/run/netns/gone') }
    const { exitCode, stdout, os } = uninstall(['--into', LIST], { files })
    expect([exitCode, os.state.shared.has(TARGET), os.state.shared.has(RECORD)]).toEqual([0, false, false])
    expect(stdout).toContain('removed /run/cni/netns-sysctl: the undo record of c2, which is gone\n')
  })

  test.each([
    ['made with other plugins', cached('/run/netns/c1', 'tuning')],
    ['that is no cache', '{"kind": "other"}'],
    ['that is not JSON', 'x'],
  ])('what is %s does not count', (_, text) => {
    const ran = uninstall(['--into', LIST], { files: { [CACHE]: text }, netns: { '/run/netns/c1': {} } })
    expect([ran.exitCode, ran.os.state.shared.has(TARGET)]).toEqual([0, false])
  })
})

describe('an executable that is in another folder', () => {
  const gone = { [LIST]: WITHOUT, [TARGET]: { text: '', kind: 'other' as const } }
  test.each<[string, Record<string, string>]>([
    ['where distributions have it', {}],
    ['that containerd reads', { '/etc/containerd/config.toml': '[plugins.cni]\n  bin_dir = "/custom/bin/"\n' }],
    ['that containerd 2 reads', { '/etc/containerd/config.toml': "bin_dirs = ['/a', '/custom/bin']\n" }],
    ['that CRI-O reads', { '/etc/crio/crio.conf.d/10.conf': 'plugin_dirs = [\n  "/custom/bin",\n]\n' }],
    ['that podman reads', { '/etc/containers/containers.conf': 'cni_plugin_dirs = ["/custom/bin"]\n' }],
  ])('%s is named', (_, files) => {
    const folder = Object.keys(files).length === 0 ? '/usr/lib/cni' : '/custom/bin'
    const ran = uninstall(['--bin-dir', '/opt/wrong'], {
      files: { ...gone, ...files, [`${folder}/netns-sysctl`]: 'x', [LIST]: WITHOUT },
    })
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toContain('is not there: /opt/wrong/netns-sysctl\n')
    expect(ran.stdout).toContain(`warning: it is in ${folder}; to remove it there, give --bin-dir ${folder}\n`)
  })
})

describe('is refused, and nothing is done', () => {
  test.each([
    ['a link', '/l.conflist', '/l.conflist: is a symbolic link; give the file that it points to'],
    ['a single configuration', '/s.conf', '/s.conf: is not a conflist: it has no "plugins"'],
    ['a list of nothing else', '/o.conflist', '/o.conflist: nothing would be left of its "plugins"'],
    ['a file that there is not', '/nosuch', '/nosuch: there is no such file or folder (ENOENT)'],
  ])('%s', (_, path, message) => {
    const files: Record<string, string | FakeFile> = {
      '/l.conflist': { text: WITH, kind: 'link' },
      '/s.conf': '{"type": "netns-sysctl"}',
      '/o.conflist': '{"plugins": [{"type": "netns-sysctl"}]}',
    }
    const { exitCode, stderr, os } = uninstall(['--into', path], { files })
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `netns-sysctl: ${message}\n` })
    expect([os.writes, os.state.shared.has(TARGET)]).toEqual([[], true])
  })
})

describe('while a watcher is at work in the folder', () => {
  const COMMAND = '/host/netns-sysctl\0install\0--watch\0--unchecked\0'
  const told = (what: string) =>
    `netns-sysctl: a watcher (install --watch) is at work in ${FOLDER}${what}; it would undo this, so end it first. Nothing was changed\n`

  test.each([
    ['a pod', '0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-2.scope\n', 'in a pod: delete its DaemonSet'],
    ['a service', '0::/system.slice/sysctl-keeper.service\n', 'systemctl stop sysctl-keeper.service'],
    ['a container', `0::/machine.slice/libpod-${'ab'.repeat(32)}.scope\n`, 'stop the container abababababab'],
    ['a shell', '0::/user.slice/session-1.scope\n', 'kill 4711'],
  ])('nothing is done, and it is said how to end it: %s', (_, cgroup, remedy) => {
    const files = {
      '/proc/4711/cmdline': COMMAND,
      '/proc/4711/cgroup': cgroup,
      '/proc/12/cmdline': 'sh\0install\0--watch\0',
    }
    const { exitCode, stderr, os } = uninstall(['--into', LIST], { files, locked: [FOLDER] })
    expect([exitCode, stderr]).toEqual([2, told(`: process 4711 (${remedy})`)])
    expect(os.writes).toEqual([])
  })

  test('one that cannot be seen is in a container', () => {
    const { stderr } = uninstall(['--into', LIST], { locked: [FOLDER] })
    expect(stderr).toBe(
      told(', in a container that cannot be seen from here: delete its DaemonSet, or stop its container'),
    )
  })

  test('--force does it', () => {
    const { exitCode, stdout } = uninstall(['--into', LIST, '--force'], { locked: [FOLDER] })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`removed ${TARGET}`)
    expect(stdout).toContain('undoes this')
  })
})
