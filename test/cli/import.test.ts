import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { newFolder, type, typeUnprivileged } from '../helpers/operator.ts'

const LINES = [
  '# the node',
  'net.core.somaxconn = 16384',
  '-net/ipv4/tcp_keepalive_time=60',
  'net.ipv4.conf.all.rp_filter = 2',
  'net.ipv6.conf.default.accept_ra = 0',
  'net.core.nosuch = 1',
  'vm.swappiness = 10',
]

function newSysctlD(): string {
  const folder = join(newFolder(), 'sysctl.d')
  mkdirSync(folder)
  writeFileSync(join(folder, '50-node.conf'), `${LINES.join('\n')}\n`)
  writeFileSync(join(folder, '60-more.conf'), 'net.core.somaxconn = 8192\n; no\nnonsense\n')
  return folder
}

test('says of each sysctl whether it reaches pods, and prints the entry for the rest', () => {
  const folder = newSysctlD()
  const { status, stdout, stderr } = type(['import', folder])
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(/^net\.core\.somaxconn +8192 +an entry must set it$/m)
  expect(stdout).toMatch(/^net\.ipv4\.conf\.all\.rp_filter +2 +reaches pods by itself$/m)
  expect(stdout).toMatch(/^net\.core\.nosuch +1 +does not exist here$/m)
  expect(stdout).toContain('Not of the network: vm 1\n')
  expect(stdout).toContain(`${join(folder, '60-more.conf')}:3: is not "name = value": "nonsense"\n`)
  expect(JSON.parse(stdout.slice(stdout.indexOf('\n{')))).toEqual({
    type: 'netns-sysctl',
    sysctl: {
      'net.core.somaxconn': '8192',
      '-net.ipv4.tcp_keepalive_time': '60',
      'net.ipv6.conf.IFNAME.accept_ra': '0',
    },
  })
})

test('--inherit names them, and the entry passes lint', () => {
  const folder = newSysctlD()
  const { entry } = JSON.parse(type(['import', '--inherit', '--json', folder]).stdout) as {
    entry: { inherit: string[] }
  }
  expect(entry.inherit).toContain('net.core.somaxconn')
  const file = join(folder, 'x.conflist')
  writeFileSync(file, JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins: [{ type: 'bridge' }, entry] }))
  expect(type(['lint', file]).status).toBe(0)
})

test("reads the node's own files without arguments", () => {
  const script = `mount -n -t tmpfs none /etc && mkdir /etc/sysctl.d && echo 'net.core.somaxconn = 4711' >/etc/sysctl.d/99-own.conf && exec "$0" import --json`
  const { stdout } = run(['unshare', '--mount', 'sh', '-c', script, EXECUTABLE])
  const { files, sysctls } = JSON.parse(stdout) as { files: string[]; sysctls: { key: string; value: string }[] }
  expect(files).toContain('/etc/sysctl.d/99-own.conf')
  expect(sysctls.find(({ key }) => key === 'net.core.somaxconn')).toMatchObject({ value: '4711' })
})

test('a link to a folder is one', () => {
  const folder = newSysctlD()
  run(['ln', '-s', folder, `${folder}.link`])
  expect(type(['import', `${folder}.link`]).stdout).toContain('50-node.conf')
})

test('without root it says what it has not looked at', () => {
  const { stdout } = typeUnprivileged(['import', '/proc/self/cmdline'])
  expect(stdout).not.toContain('an entry must set it')
})
