import { log } from '../../os/log.ts'
import type { Os } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import { type Facts, parseFacts } from '../facts/facts.ts'
import { toKernel } from '../facts/kernel.ts'
import { folderOf } from '../install/paths.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { type Kernel, readKernel } from '../rehearse/kernel.ts'
import { parseRehearsalOptions, REHEARSAL_OPTIONS, type RehearsalOption } from '../rehearse/place.ts'
import { tellUnread } from '../runtimes.ts'
import { type Agenda, planAgenda } from './agenda.ts'
import { lintAllowlist } from './allowlist.ts'
import { lintConfiguration, ownEntries } from './chain.ts'
import type { Finding, PlacedRemark } from './finding.ts'
import { lintFolder } from './folder.ts'
import { formatLint } from './format.ts'
import { type Inputs, readInputs } from './input.ts'
import { lintPod } from './pods.ts'
import { type ReadInput, readInput } from './read.ts'
import { lintSysctlD } from './sysctl-d.ts'
import type { Unit } from './unit.ts'

export const lintCommand = defineCommand({
  name: 'lint',
  summary: 'what is wrong with a conflist, a pod or an allowlist on this node',
  usage: ['FILE|FOLDER|-…', '--node FACTS [FILE|FOLDER|-…]'],
  description: [
    'Reads conflists and single configurations, NetworkAttachmentDefinitions, ConfigMaps and pods of Kubernetes (YAML or JSON, also what kubectl get prints), allowlists (files of regular expressions) and sysctl.d files; all configurations of a folder; stdin as -. Tells, with the place in the file, what would keep pods from starting or would not do what was meant.',
    "As root it rehearses each entry: it does the whole ADD, with the node's allowlist, in a throwaway network namespace with a veth interface, and so finds what the kernel refuses, what it makes something else of, and what a later write overwrites. Give a conflist too, to check pods against its pod.allow. It also tells what could not be rehearsed. With --node nothing is rehearsed: what that node's kernel has and its allowlist count, and without a file its own conflist is checked. Changes nothing on the host, except that the kernel may load a module that a value names, as for a pod. Exit code 1 if it found something, 2 if a file could not be read.",
  ],
  options: [
    { name: '--node', value: 'FACTS', help: 'Check it for another node, by what explain --facts has printed there' },
    ...REHEARSAL_OPTIONS,
  ],
  example: 'lint /etc/cni/net.d',
  run: lint,
})

const NO_NETWORK = 'whether a pod may set what it asks for: give the conflist of its network too'

function lint(os: Os, args: Arguments<RehearsalOption | '--node'>, paint: Paint): Report {
  const facts = readFacts(os, args)
  const ifName = args.value('--ifname')
  const options = parseRehearsalOptions(ifName, args.value('--host-root'))
  const { inputs, folders, unread } = readWhat(os, args.operands, facts)
  if (inputs.length === 0) throw new CliError(unread.join('; '))
  for (const each of unread) log(os, each)
  const read = inputs.map(readInput)
  const agenda = planAgenda(
    read.flatMap(({ units }) => units),
    ifName,
  )
  const kernel =
    facts === undefined
      ? readKernel(os, agenda.candidates, options)
      : toKernel(os, facts, agenda.candidates, options.ifName)
  const ofFiles = read.flatMap((input) => lintInput(input, agenda, kernel))
  const findings = [...ofFiles, ...folders.flatMap((folder) => lintFolder(folder, read))]
  const notLookedAt = [...kernel.notLookedAt, ...(agenda.lacksNetwork ? [NO_NETWORK] : [])]
  const files = read.map(({ file }) => file)
  if (facts === undefined) tellUnread(os, files.map(folderOf), options.hostRoot)
  return {
    text: formatLint({ files, findings, folders, notLookedAt, notes: kernel.notes }, paint),
    json: { findings, unread, notLookedAt, notes: kernel.notes, inForce: folders.map(({ inForce }) => inForce) },
    exitCode: unread.length > 0 ? 2 : findings.length > 0 ? 1 : 0,
  }
}

function readFacts(os: Os, args: Arguments<RehearsalOption | '--node'>): Facts | undefined {
  const file = args.value('--node')
  if (file === undefined) return undefined
  if (args.isGiven('--host-root')) throw new UsageError('--node goes without --host-root: it is about another node')
  return parseFacts(os.readFile(file), file)
}

/** The named files; without names, the conflist that is in force on the other node. */
function readWhat(os: Os, operands: readonly string[], facts: Facts | undefined): Inputs {
  if (operands.length > 0) return readInputs(os, operands)
  if (facts === undefined) throw new UsageError('lint needs a file')
  if (facts.conflist === null)
    throw new UsageError('lint needs a file: the node of these facts has no conflist in force')
  const { path, text } = facts.conflist
  return { inputs: [{ file: path, text }], folders: [], unread: [] }
}

function lintInput({ file, text, lines, units, found }: ReadInput, agenda: Agenda, kernel: Kernel): Finding[] {
  if (lines === 'allowlist') return lintAllowlist(file, text, kernel)
  if (lines === 'sysctl.d') return lintSysctlD(file, text, kernel)
  const remarks = [...found, ...units.flatMap((unit) => lintUnit(unit, agenda, kernel))]
  return remarks.map((remark) => ({ file, ...remark })).sort((a, b) => a.line - b.line || a.column - b.column)
}

function lintUnit(unit: Unit, { pods }: Agenda, kernel: Kernel): PlacedRemark[] {
  if (unit.kind === 'pod') {
    const candidate = pods.get(unit)
    return candidate === undefined ? [] : lintPod(unit, candidate, kernel)
  }
  if (unit.isOneOfMany && ownEntries(unit.object).length === 0) return []
  return lintConfiguration(unit.object, kernel, unit.placeOf).map(({ at, ...remark }) => ({
    ...unit.placeOf(at),
    ...remark,
  }))
}
