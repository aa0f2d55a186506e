import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'
import { type NodeFolders, newNode, traceOf } from '../helpers/node-folders.ts'
import { type } from '../helpers/operator.ts'

let node: NodeFolders
beforeEach(() => {
  node = newNode()
})

const install = () => type(['install', '--bin-dir', node.binDir])
const isSame = (path: string) => readFileSync(path).equals(readFileSync(EXECUTABLE))

describe('the executable', () => {
  test('copies itself, and the copy works', () => {
    expect(install()).toEqual({ status: 0, stdout: `copied itself to ${node.target}\n`, stderr: '' })
    expect([isSame(node.target), traceOf(node.target).mode, readdirSync(node.binDir)]).toEqual([
      true,
      0o755,
      ['netns-sysctl'],
    ])
    expect(type(['--version'], { executable: node.target })).toEqual(type(['--version']))
  })

  test('is left alone where it is the same, by itself too', () => {
    install()
    const before = traceOf(node.target)
    const said = { status: 0, stdout: `is as it should be: ${node.target}\n`, stderr: '' }
    expect(install()).toEqual(said)
    expect(type(['install', '--bin-dir', node.binDir], { executable: node.target })).toEqual(said)
    expect(traceOf(node.target)).toEqual(before)
  })

  test('may be executed by everybody, whatever the umask', () => {
    const ran = run(['sh', '-c', 'umask 077 && exec "$0" install --bin-dir "$1"', EXECUTABLE, node.binDir])
    expect([ran.status, traceOf(node.target).mode]).toEqual([0, 0o755])
  })

  test.each<[string, () => void]>([
    ['other bytes', () => writeFileSync(node.target, 'old')],
    ['the same length', () => writeFileSync(node.target, Buffer.alloc(statSync(EXECUTABLE).size))],
    ['no right to execute it', () => chmodSync(node.target, 0o644)],
  ])('replaces one with %s', (_, spoil) => {
    copyFileSync(EXECUTABLE, node.target)
    spoil()
    expect(install().stdout).toBe(`copied itself to ${node.target}\n`)
    expect([isSame(node.target), traceOf(node.target).mode]).toEqual([true, 0o755])
  })

  test('takes the place of one that runs, which goes on', async () => {
    copyFileSync(EXECUTABLE, node.target)
    appendFileSync(node.target, 'older')
    const running = spawn(node.target, {
      env: { ...process.env, CNI_COMMAND: 'VERSION' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = once(running, 'close')
    let answer = ''
    running.stdout.on('data', (text) => {
      answer += text
    })
    running.stdin.write('{"cniVersion":')
    expect(install().status).toBe(0)
    expect(isSame(node.target)).toBe(true)
    running.stdin.end('"0.4.0"}')
    expect(await ended).toEqual([0, null])
    expect(JSON.parse(answer)).toMatchObject({ cniVersion: '0.4.0' })
  })

  test('leaves nothing behind where there is no room', () => {
    const script = 'mount -n -t tmpfs -o size=1m tmpfs "$1" && "$0" install --bin-dir "$1"; echo "$?"; ls -A "$1"'
    const ran = run(['unshare', '--mount', '--map-root-user', 'sh', '-c', script, EXECUTABLE, node.binDir])
    expect(ran.stderr).toBe(`netns-sysctl: ${node.target}: no space is left on the device (ENOSPC)\n`)
    expect(ran.stdout).toBe('2\n')
  })

  test('wants a folder that is there', () => {
    expect(type(['install', '--bin-dir', join(node.binDir, 'no')])).toEqual({
      status: 2,
      stdout: '',
      stderr: `netns-sysctl: there is no folder ${node.binDir}/no; give that of this node's CNI plugins with --bin-dir\n`,
    })
  })
})
