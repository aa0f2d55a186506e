import { cni, type Facts, type KernelCase, type Stage } from '../case.ts'

const SET_THERE = 'set it there, in /etc/sysctl.d'

const onlyHost = ({ release }: Facts) => `exists only on the host on Linux ${release}, for the whole node; ${SET_THERE}`
const readOnly = ({ release }: Facts) =>
  `is read-only in a container on Linux ${release}; the node's value counts: ${SET_THERE}`
const noModule = (start: string, module: string) =>
  `there is no ${start}* here: the kernel module ${module} is not loaded on the node (modprobe ${module})`
const NO_CONNTRACK = noModule('net.netfilter.nf_conntrack', 'nf_conntrack')

/** Undefined for a kernel on which it can be set. */
type Reason = string | ((facts: Facts) => string | undefined)

/** Sysctls that cannot be set in any container, or not with this value, and why. */
const REFUSALS: Readonly<Record<Exclude<Stage, 'search'>, readonly (readonly [string, string | number, Reason])[]>> = {
  bare: [
    ['vm.swappiness', 1, `belongs to the whole node; ${SET_THERE}`],
    [
      'kernel.shm_rmid_forced',
      1,
      "belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's --sysctl",
    ],
    ['kernel.hostname', 'x', "belongs to the UTS namespace; set the pod's hostname instead"],
    ['net.core.netdev_max_backlog', 1, onlyHost],
    ['net.ipv4.tcp_mem', '1 2 3', onlyHost],
    ['net.core.rmem_max', 1, (facts) => (facts.since('6.12') ? readOnly : onlyHost)(facts)],
    ['net.core.wmem_default', 1, (facts) => (facts.since('6.12') ? readOnly : onlyHost)(facts)],
    ['net.core.optmem_max', 20481, (facts) => (facts.since('6.12') ? undefined : onlyHost(facts))],
    ['net.ipv4.icmp_msgs_per_sec', 999, (facts) => (facts.since('6.1') ? undefined : onlyHost(facts))],
    ['net.ipv4.route.min_adv_mss', 257, (facts) => (facts.since('6.1') ? undefined : onlyHost(facts))],
    ['net.ipv4.tcp_allowed_congestion_control', 'x', readOnly],
    ['net.ipv4.tcp_available_congestion_control', 'x', 'is read-only everywhere: the kernel only reports it'],
    ['net.ipv4.neigh.default.gc_thresh1', 1, onlyHost],
    [
      'net.ipv4.neigh.IFNAME.gc_thresh1',
      1,
      ({ release }) =>
        `exists only on the host on Linux ${release}, for the whole node, as net.ipv4.neigh.default.gc_thresh1; ${SET_THERE}`,
    ],
    ['net.ipv4.conf.nope0.rp_filter', 1, 'there is no interface nope0 here; there are lo, veth0, eth0'],
    ['net.core.somaxcon', 1, ({ release }) => `does not exist on Linux ${release}; did you mean net.core.somaxconn?`],
    ['net.netfilter.nf_conntrack_udp_timeout', 1, NO_CONNTRACK],
    ['net.ipv4.netfilter.ip_conntrack_max', 1, `is the old name of net.netfilter.nf_conntrack_max; ${NO_CONNTRACK}`],
    ['net.bridge.bridge-nf-call-iptables', 1, noModule('net.bridge.', 'br_netfilter')],
    ['net.x25.restart_request_timeout', 1, noModule('net.x25.', 'x25')],
    ['net.sctp.rto_max', 1, noModule('net.sctp.', 'sctp')],
    ['net.core.somaxconn', -5, 'the kernel refuses "-5" (EINVAL): out of range; it holds "4096"'],
    [
      'net.ipv4.ip_unprivileged_port_start',
      40000,
      'the kernel refuses "40000" (EINVAL): it is above net.ipv4.ip_local_port_range, which is "32768 60999"; change that first; it holds "1024"',
    ],
    [
      'net.ipv4.ip_local_port_range',
      '1023 60999',
      'the kernel refuses "1023 60999" (EINVAL): it is below net.ipv4.ip_unprivileged_port_start, which is "1024"; change that first; it holds "32768 60999"',
    ],
    [
      'net.ipv4.ipfrag_low_thresh',
      4194305,
      'the kernel refuses "4194305" (EINVAL): it is above net.ipv4.ipfrag_high_thresh, which is "4194304"; change that first; it holds "3145728"',
    ],
    [
      'net.ipv4.tcp_congestion_control',
      'nosuch',
      'the kernel refuses "nosuch" (ENOENT): it knows nothing of this name; a container may take reno, cubic; it holds "cubic"',
    ],
  ],
  loaded: [
    ['net.netfilter.nf_conntrack_max', 1, readOnly],
    ['net.netfilter.nf_conntrack_buckets', 1, readOnly],
    ['net.nf_conntrack_max', 1, onlyHost],
    [
      'net.ipv4.tcp_congestion_control',
      'htcp',
      'the kernel refuses "htcp" (EPERM): the node has it, but does not let a container use it; add it to the node\'s net.ipv4.tcp_allowed_congestion_control; a container may take reno, cubic; it holds "cubic"',
    ],
    ['net.ipv4.netfilter.ip_conntrack_max', 1, 'is the old name of net.netfilter.nf_conntrack_max'],
    ['net.bridge.bridge-nf-call-iptables', 0, () => undefined],
  ],
  noIpv6: [
    ['net.ipv6.conf.all.disable_ipv6', 1, 'IPv6 is off here: there is no net.ipv6.conf'],
    ['net.ipv6.neigh.IFNAME.locktime', 1, 'IPv6 is off here: there is no net.ipv6.conf'],
  ],
}

type Refusal = (typeof REFUSALS)['bare'][number]

/** The message if one is refused. */
function messageOf([name, , reason]: Refusal, facts: Facts): string[] {
  const said = typeof reason === 'string' ? reason : reason(facts)
  return said === undefined ? [] : [`${name.replace('IFNAME', 'eth0')}: ${said}`]
}

const byStage = Object.entries(REFUSALS) as [Stage, readonly Refusal[]][]

const ONE_BY_ONE = byStage.flatMap(([stage, refusals]) =>
  refusals.map((refusal): KernelCase => {
    const [name, value] = refusal
    const prints = (facts: Facts) => {
      const messages = messageOf(refusal, facts).map((message) => `101: ${message}`)
      return messages.length === 0 ? ['ok'] : messages
    }
    return {
      name: `${name} = ${value}`,
      stage,
      isNativeOnly: true,
      run: cni('ADD', { sysctl: { [name]: value } }),
      prints,
    }
  }),
)

/** One for each reason of those that are refused before the first write: they are reported at once. */
const AT_ONCE = byStage.map(([stage, all]): KernelCase => {
  const refusals = all.filter(([, , reason]) => typeof reason !== 'string' || !reason.startsWith('the kernel refuses'))
  return {
    name: 'all that cannot be set is told at once',
    stage,
    run: cni('ADD', { sysctl: Object.fromEntries(refusals.map(([name, value]) => [name, value])) }),
    prints: (facts) => [
      expectAll(
        refusals.flatMap((refusal) => messageOf(refusal, facts).map((message) => message.split(': ')[0] ?? '')),
      ),
    ],
  }
})

/** A line that has each of the names. */
function expectAll(names: readonly string[]): RegExp {
  return new RegExp(`^${names.map((name) => `(?=.*${name.replaceAll('.', '\\.')}[:,])`).join('')}`)
}

export const REFUSED: readonly KernelCase[] = [...ONE_BY_ONE, ...AT_ONCE]
