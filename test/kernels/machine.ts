import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Unpacked } from './archive.ts'

/** The output of one case in a machine. */
export interface Printed {
  readonly lines: readonly string[]
  readonly status: number
}

/** The output of a machine from its start to its end. */
export interface Booted {
  /** `uname -r` */
  readonly release: string
  /** By the names of the cases' files. */
  readonly cases: ReadonlyMap<string, Printed>
  /** QEMU's processor time, which does not depend on other work of this machine. */
  readonly cpuSeconds: number
  /** The whole console, to find the reason of a failure. */
  readonly console: string
}

/** The limits of a machine: on an idle machine the first one is reached first. */
const MOST_CPU_SECONDS = 180
const MOST_MINUTES = 15

/**
 * Boots a kernel under QEMU, in software emulation and without a network, and runs its stages. Throws if it does
 * not end in time.
 */
export async function bootKernel(unpacked: Unpacked, initramfs: string, stages: string, more = ''): Promise<Booted> {
  const { kernel, folder } = unpacked
  const [emulator, machine, terminal] =
    kernel.arch === 'amd64' ? ['qemu-system-x86_64', 'q35', 'ttyS0'] : ['qemu-system-aarch64', 'virt', 'ttyAMA0']
  const { text, cpuSeconds } = await runToEnd(emulator, [
    ...['-machine', machine, '-cpu', kernel.cpu, '-accel', 'tcg', '-smp', '1', '-m', '1024', '-nic', 'none'],
    ...['-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot'],
    ...['-kernel', findImage(folder), '-initrd', initramfs],
    ...['-append', `console=${terminal} quiet loglevel=1 panic=-1 stages=${stages} ${more}`],
  ])
  const console = text.replaceAll('\r', '')
  if (!/^@@ done /m.test(console)) {
    const end = console.slice(-4000)
    throw new Error(`${kernel.name} did not come to its end, in ${cpuSeconds.toFixed()} s of the processor:\n${end}`)
  }
  return { ...parseConsole(console), cpuSeconds, console }
}

function findImage(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const image = files.find((file) => /(^|\/)vmlinu[xz](-[^/]*)?$/.test(file))
  if (image === undefined) throw new Error(`there is no kernel in ${folder}`)
  return join(folder, image)
}

interface Ran {
  readonly text: string
  readonly cpuSeconds: number
}

function runToEnd(command: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const started = Date.now()
    let text = ''
    let cpuSeconds = 0
    const timer = setInterval(() => {
      cpuSeconds = readCpuSeconds(child.pid) ?? cpuSeconds
      const isTooSlow = cpuSeconds > MOST_CPU_SECONDS || Date.now() - started > MOST_MINUTES * 60_000
      if (isTooSlow) child.kill('SIGKILL')
    }, 500)
    const take = (part: string) => {
      text += part
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.on('error', () => {
      clearInterval(timer)
      const name = command === 'qemu-system-x86_64' ? 'qemu-system-x86' : 'qemu-system-arm'
      reject(new Error(`${command} cannot be run: install the package ${name}`))
    })
    child.on('close', () => {
      clearInterval(timer)
      resolve({ text, cpuSeconds })
    })
  })
}

/** utime and stime of proc_pid_stat(5), in ticks of 10 ms; undefined if the process has ended. */
function readCpuSeconds(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}

/** The text between the lines that guest/init prints. */
function parseConsole(console: string): Pick<Booted, 'release' | 'cases'> {
  const release = /^.*@@ kernel (\S+)/m.exec(console)?.[1] ?? ''
  const problems = console.match(/^@@ module .*$/gm)
  if (problems !== null) throw new Error(problems.join('\n'))
  const parts = console.matchAll(/^@@ begin (\S+) \S+\n([\s\S]*?)\n@@ end (\d+)$/gm)
  const cases = [...parts].map(([, name = '', text = '', status]): [string, Printed] => {
    return [name, { lines: text.split('\n').filter((line) => line !== ''), status: Number(status) }]
  })
  return { release, cases: new Map(cases) }
}
