import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import type { Chain, Wanted } from './chain.ts'
import { type Finding, find, type Section } from './section.ts'
import { readValues, runInstead, type Stage } from './stage.ts'
import { formatTable } from './table.ts'

/** Like the /etc/sysctl.d of a node. */
const ON_NODE = [
  ['net.core.somaxconn', '2048'],
  ['net.ipv4.tcp_keepalive_time', '600'],
  ['net.ipv4.tcp_fin_timeout', '20'],
] as const

const INHERIT = ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*', 'net.ipv4.tcp_fin_timeout']

const SYSCTLS: readonly Wanted[] = ON_NODE.map(([key, value]) => {
  return { key, path: `/proc/sys/${key.replaceAll('.', '/')}`, value, mayFail: false }
})

/** A second netns stands for the node, with values of its own: the container does not follow it, and then does. */
export async function tellInherit(stage: Stage): Promise<Section> {
  const node = await createNetns()
  const container = await createNetns(node)
  try {
    for (const { path, value } of SYSCTLS) node.inside(['tee', path], { input: `${value}\n` })
    return compare(stage, node, container)
  } finally {
    await Promise.all([container.close(), node.close()])
  }
}

function compare(stage: Stage, node: Netns, container: Netns): Section {
  const onNode = readValues(node, SYSCTLS)
  const before = readValues(container, SYSCTLS)
  if (stage.ifName !== 'lo') addVeth(container)
  const chain: Chain = { ...stage.chain, conf: { type: 'netns-sysctl', inherit: INHERIT } }
  const { status, stdout, stderr } = runInstead(stage, { netns: container, chain, host: node })
  const after = readValues(container, SYSCTLS)
  const rows = SYSCTLS.map(({ key }, index) => [key, onNode[index] ?? '', before[index] ?? '', after[index] ?? ''])
  const hasArrived = onNode.every((value, index) => value === after[index] && value !== before[index])
  const findings: Finding[] = [
    find(status === 0, '"inherit" copied them', `the plugin ended with ${status}: ${stdout}${stderr}`),
    find(hasArrived, "the container has the node's values", "the container has not the node's values"),
  ]
  return {
    heading: "The node's own values: inherit",
    lines: [
      'Another network namespace plays a node whose administrator has tuned it; its containers know nothing of that.',
      `"inherit": ${JSON.stringify(INHERIT)}`,
      '',
      ...formatTable([['SYSCTL', 'NODE', 'NEW NETNS', 'AFTER ADD'], ...rows]),
      '',
    ],
    findings,
  }
}
