import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listOf } from '../helpers/lint.ts'
import { newFolder, type, typeUnprivileged } from '../helpers/operator.ts'

interface Facts {
  readonly release: string
  readonly sysctls: Readonly<Record<string, readonly unknown[]>>
}

test("a node's facts are enough to check a conflist for it elsewhere, by others than root", () => {
  const { status, stdout, stderr } = type(['explain', '--facts'])
  expect([status, stderr]).toEqual([0, ''])
  const { sysctls } = JSON.parse(stdout) as Facts
  expect(sysctls['net.core.somaxconn']).toEqual(['0644', '0644', expect.any(String), expect.any(String), false])
  expect(Object.keys(sysctls).length).toBeGreaterThan(400)
  expect(Object.keys(sysctls).filter((name) => /\.eth\d+\./.test(name))).toEqual([])

  const folder = newFolder()
  const [node, fine, wrong] = ['node.json', 'fine.conflist', 'wrong.conflist'].map((name) => join(folder, name))
  writeFileSync(node as string, stdout)
  writeFileSync(fine as string, listOf({ sysctl: { 'net.core.somaxconn': 1024 } }))
  writeFileSync(wrong as string, listOf({ sysctl: { 'net.core.somaxcon': 1024 } }))
  const lint = (file: string | undefined) => type(['lint', '--node', node as string, file as string])
  expect(lint(fine)).toMatchObject({ status: 0, stderr: '' })
  expect(lint(wrong).stdout).toMatch(
    / error: net\.core\.somaxcon: does not exist on Linux .*did you mean net\.core\.somaxconn/,
  )
  expect(lint(fine).stdout).toContain('no rehearsal, these are the facts of another node\n')
})

test('others than root cannot tell what a container has', () => {
  const { status, stderr } = typeUnprivileged(['explain', '--facts'])
  expect([status, stderr]).toEqual([
    2,
    'netns-sysctl: a network namespace to look into cannot be made: run it as root\n',
  ])
})
