import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { type NodeFolders, newNode } from '../helpers/node-folders.ts'
import { newFolder, type } from '../helpers/operator.ts'

/** The libraries that the executable needs here, and its dynamic linker; none for a static one. */
const LIBRARIES = [...run(['ldd', EXECUTABLE]).stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path)
const FOLDER = 'usr/lib/somewhere'

let node: NodeFolders
let root: string
beforeEach(() => {
  node = newNode()
  root = newFolder()
  mkdirSync(join(root, FOLDER), { recursive: true })
  mkdirSync(join(root, 'etc/ld.so.conf.d'), { recursive: true })
  writeFileSync(join(root, 'etc/ld.so.conf'), 'include /etc/ld.so.conf.d/*.conf\n')
  writeFileSync(join(root, 'etc/ld.so.conf.d/x.conf'), `/${FOLDER}\n`)
  for (const path of LIBRARIES) {
    copyFileSync(realpathSync(path), join(root, FOLDER, basename(path)))
    if (!basename(path).startsWith('ld-')) continue
    mkdirSync(join(root, dirname(path)), { recursive: true })
    symlinkSync(`/${FOLDER}/${basename(path)}`, join(root, path))
  }
})

const install = () => type(['install', '--bin-dir', node.binDir, '--host-root', root])
const isStatic = LIBRARIES.length === 0

describe('for another root', () => {
  test('it is installed where all that it needs is there', () => {
    expect(install()).toMatchObject({ status: 0, stderr: '' })
  })

  test.each(['libatomic.so.1', 'libstdc++.so.6', 'libc.so.6'])('without %s it is not, unless it is static', (name) => {
    rmSync(join(root, FOLDER, name), { force: true })
    const { status, stderr } = install()
    if (isStatic) return expect([status, stderr]).toEqual([0, ''])
    expect([status, readdirSync(node.binDir)]).toEqual([2, []])
    expect(stderr).toContain(`this executable would not start on the node: ${name} is not there (apt-get install lib`)
  })

  test('with an older library it is not, unless it is static', () => {
    if (isStatic) return expect(install().status).toBe(0)
    const path = join(root, FOLDER, 'libstdc++.so.6')
    writeFileSync(path, readFileSync(path, 'latin1').replaceAll('\0GLIBCXX_3.4.21\0', '\0GLIBCXX_9.9.99\0'), 'latin1')
    expect(install().stderr).toContain('libstdc++.so.6 is too old: it has no GLIBCXX_3.4.21')
  })
})
