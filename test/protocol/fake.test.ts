import { release } from 'node:os'
import { describe, expect, test } from 'vitest'
import { runCli } from '../../plugin/cli/cli.ts'
import { main } from '../../plugin/main.ts'
import { parseDocument } from '../helpers/document.ts'
import { createFakeOs, type FakeFiles, HOST, usualNetns } from '../helpers/fake-os.ts'
import { CONTAINER, ETH0, envOf, formatConf, NODE_FILES } from '../helpers/requests.ts'
import { pathOf, type Sysctls } from '../helpers/sysctls.ts'
import { CASES } from './cases.ts'
import { BASE, fillIn, type ProtocolCase } from './protocol-case.ts'

/** What only the initial netns has. */
const OF_NODE = { '/proc/sys/net/core/netdev_max_backlog': '1000\n' }

describe.each(Object.entries(CASES))('main() keeps to the protocol: %s', (_, cases) => {
  test.each(cases)('$name', (given) => {
    const netns = given.isInside ? HOST : CONTAINER
    const before = { ...BASE, ...given.before }
    const os = createFakeOs({
      env: envFor(given, netns),
      stdin: given.stdin ?? formatConf(given.conf),
      netns: { [HOST]: { ...netnsOf(before), ...OF_NODE }, [CONTAINER]: netnsOf(before) },
      links: { [CONTAINER]: { eth0: ETH0 } },
      files: { ...NODE_FILES, '/proc/sys/kernel/osrelease': `${release()}\n` },
    })

    const exitCode = main(os, runCli)

    const answer = parseDocument(os.stdout())
    expect({ exitCode, answer }).toEqual({ exitCode: given.exitCode, answer: fillIn(given.stdout, netns) })
    const after = Object.keys(before).map((name) => [name, os.textOf(netns, pathOf(name))?.replaceAll('\t', ' ')])
    expect(Object.fromEntries(after)).toEqual({ ...before, ...given.after })
  })
})

function envFor({ command, env }: ProtocolCase, netns: string): Record<string, string> {
  const all = { ...envOf(command), CNI_NETNS: netns, ...env }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** As the kernel shows them: with a tab between numbers. */
function netnsOf(sysctls: Sysctls): FakeFiles {
  const files = Object.entries(sysctls).map(([name, value]) => [pathOf(name), `${value.replaceAll(' ', '\t')}\n`])
  return usualNetns(Object.fromEntries(files))
}
