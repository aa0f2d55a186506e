import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { newFolder } from '../helpers/operator.ts'

const COUNT = 300

/** Makes the netnses in a /run of its own, and reads them. */
const SCRIPT = `set -e
mount -t tmpfs none /run
mount -t tmpfs none /var/lib
mkdir /var/lib/cni
mount --bind "$1" /var/lib/cni
ip -batch "$1/batch"
exec "$2" queues --json --namespace shop`

test(`a node of ${COUNT} attachments made by hand`, () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'results'))
  const names = Array.from({ length: COUNT }, (_, index) => `pod-${String(index).padStart(3, '0')}`)
  writeFileSync(join(folder, 'batch'), names.map((name) => `netns add ${name}\n`).join(''))
  for (const [index, name] of names.entries()) {
    writeFileSync(join(folder, 'results', `net1-${name}-eth0`), formatCached(name, index % 3 === 0 ? 'jobs' : 'shop'))
  }
  const { status, stdout, stderr } = run(['unshare', '--mount', 'sh', '-c', SCRIPT, 'sh', folder, EXECUTABLE])
  expect([status, stderr]).toEqual([0, ''])
  const { containers } = JSON.parse(stdout) as { containers: { pod: { name: string }; somaxconn: number }[] }
  expect(containers.map(({ pod }) => pod.name)).toEqual(names.filter((_, index) => index % 3 !== 0))
  expect(containers.every(({ somaxconn }) => somaxconn > 0)).toBe(true)
})

/** A file of libcni's cache, as containerd writes it; only the result has the netns. */
function formatCached(name: string, namespace: string): string {
  const config = { cniVersion: '1.0.0', name: 'net1', plugins: [{ type: 'bridge' }, { type: 'netns-sysctl' }] }
  return JSON.stringify({
    kind: 'cniCacheV1',
    containerId: name,
    config: Buffer.from(JSON.stringify(config)).toString('base64'),
    ifName: 'eth0',
    networkName: 'net1',
    cniArgs: [
      ['K8S_POD_NAME', name],
      ['K8S_POD_NAMESPACE', namespace],
    ],
    result: { interfaces: [{ name: 'veth1' }, { name: 'eth0', sandbox: `/var/run/netns/${name}` }] },
  })
}
