import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { byRename, hasOwnEntry } from '../helpers/agents.ts'
import { EXECUTABLE } from '../helpers/executable.ts'
import { buildKustomization, type Container } from '../helpers/kustomization.ts'
import { newFolder, type } from '../helpers/operator.ts'
import { until } from '../helpers/watcher.ts'

const EXAMPLES = join(import.meta.dirname, '../../conf-examples')
const FLANNEL = readFileSync(join(EXAMPLES, 'flannel.conflist'), 'utf8')

describe.each(['base', 'overlays/flannel'])('kubernetes/%s', (folder) => {
  const { daemonSet, configMaps, images } = buildKustomization(join(EXAMPLES, 'kubernetes', folder))
  const { selector, updateStrategy, template } = daemonSet.spec
  const { initContainers, containers, volumes, ...pod } = template.spec
  const [rehearse] = initContainers as [Container]
  const [watch] = containers as [Container]

  test('refers to nothing that there is not', () => {
    expect(template.metadata.labels).toEqual(selector.matchLabels)
    const names = volumes.map(({ name }) => name)
    const mounts = [rehearse, watch].flatMap(({ volumeMounts }) => volumeMounts)
    expect(new Set(mounts.map(({ name }) => name))).toEqual(new Set(names))
    const maps = volumes.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap.name]))
    expect(maps).toEqual(Object.keys(configMaps))
    expect([rehearse.image, watch.image]).toEqual(['netns-sysctl', 'netns-sysctl'])
    if (folder !== 'base') expect(Object.keys(images)).toEqual(['netns-sysctl'])
    for (const { hostPath, configMap, emptyDir } of volumes) {
      expect([hostPath, configMap, emptyDir].filter((each) => each !== undefined)).toHaveLength(1)
    }
  })

  test('asks for no more than it needs', () => {
    for (const { securityContext, resources } of [rehearse, watch]) {
      expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
      expect(securityContext.capabilities.drop).toEqual(['ALL'])
      expect(Object.keys(resources.limits).sort()).toEqual(['cpu', 'memory'])
    }
    expect(rehearse.securityContext.capabilities.add).toEqual(['SYS_ADMIN', 'NET_ADMIN'])
    expect(watch.securityContext.capabilities.add).toBeUndefined()
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      hostNetwork: true,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(updateStrategy.rollingUpdate.maxSurge).toBe(0)
  })

  test('has an entry in which lint finds nothing', () => {
    const file = join(newFolder(), 'x.conflist')
    const entry = JSON.parse(configMaps['netns-sysctl-entry']?.['entry.json'] ?? '') as object
    const { plugins, ...rest } = JSON.parse(FLANNEL) as { plugins: object[] }
    writeFileSync(file, JSON.stringify({ ...rest, plugins: [...plugins.slice(0, -1), entry] }))
    expect(type(['lint', file])).toMatchObject({ status: 0, stdout: `${file}: nothing found\n` })
  })

  /** A folder that stands for a node, and a container's words with paths in that folder. */
  function createNode(): {
    readonly root: string
    readonly wordsOf: (container: Container, words: readonly string[]) => string[]
  } {
    const root = newFolder()
    const sources = new Map(
      volumes.map(({ name, hostPath, configMap }) => {
        const path = join(root, hostPath?.path ?? name)
        if (hostPath?.path === '/proc') return [name, '/proc']
        mkdirSync(path, { recursive: true })
        const files = configMap === undefined ? {} : (configMaps[configMap.name] ?? {})
        for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
        return [name, path]
      }),
    )
    const wordsOf = ({ volumeMounts }: Container, words: readonly string[]) => {
      // The longest first, because one contains another.
      const mounts = volumeMounts.toSorted((a, b) => b.mountPath.length - a.mountPath.length)
      return words.map((word) => {
        const mount = mounts.find(({ mountPath }) => word.includes(`=${mountPath}`))
        return mount === undefined ? word : word.replace(`=${mount.mountPath}`, `=${sources.get(mount.name)}`)
      })
    }
    return { root, wordsOf }
  }

  let running: ChildProcess | undefined
  afterEach(() => running?.kill('SIGKILL'))

  test('rehearses on a node that has no network yet, and puts the entry in as soon as it has', async () => {
    const { root, wordsOf } = createNode()
    const net = join(root, 'etc/cni/net.d')
    const rehearsed = type(wordsOf(rehearse, rehearse.args).filter((word) => !word.startsWith('--host-root')))
    expect(rehearsed).toMatchObject({ status: 0 })
    const probe = () => type(wordsOf(watch, watch.readinessProbe?.exec.command.slice(1) ?? [])).status
    running = spawn(EXECUTABLE, wordsOf(watch, watch.args), {
      stdio: 'ignore',
      env: { ...process.env, CNI_COMMAND: '' },
    })
    await until(
      () => existsSync(join(root, 'opt/cni/bin/netns-sysctl')),
      () => 'no executable',
    )
    expect(probe()).toBe(2)
    const { plugins, ...rest } = JSON.parse(FLANNEL) as { plugins: object[] }
    const without = `${JSON.stringify({ ...rest, plugins: plugins.slice(0, -1) }, undefined, 2)}\n`
    const list = join(net, '10-flannel.conflist')
    const inForce = watch.args.some((word) => word.startsWith('--own-file'))
      ? join(net, '02-netns-sysctl.conflist')
      : list
    for (let round = 0; round < 2; round += 1) {
      byRename(list, without)
      await until(
        () => existsSync(inForce) && hasOwnEntry(inForce),
        () => 'no entry',
      )
      await until(
        () => probe() === 0,
        () => 'not ready',
      )
    }
    const ended = once(running, 'close')
    running.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect([hasOwnEntry(inForce), probe()]).toEqual([true, 2])
  })
})

test('the image has the executable that needs nothing, where the probe looks for it', () => {
  const dockerfile = readFileSync(join(EXAMPLES, 'kubernetes/Dockerfile'), 'utf8')
  const { daemonSet } = buildKustomization(join(EXAMPLES, 'kubernetes/base'))
  const command = daemonSet.spec.template.spec.containers[0]?.readinessProbe?.exec.command[0]
  expect(dockerfile).toContain(`FROM scratch\nCOPY dist/netns-sysctl-native ${command}\nENTRYPOINT ["${command}"]\n`)
})
