import { cni, type KernelCase } from '../case.ts'

const SYSCTLS = 'core/somaxconn ipv4/conf/eth0/rp_filter ipv4/ip_local_port_range ipv4/neigh/eth0/gc_stale_time'
const FOUND = ['0', '32768 60999', '60']

const CONF = {
  sysctl: {
    'net.core.somaxconn': 1024,
    'net.ipv4.conf.IFNAME.rp_filter': 2,
    'net.ipv4.ip_local_port_range': '1024 65535',
    'net.ipv4.neigh.IFNAME.gc_stale_time': 61,
  },
}

const ANNOTATION = 'io.kubernetes.cri.pod-annotations'

/** Of the annotation's text: what a pod asks for, and what its network lets it set. */
function asPod(text: string, ...allow: string[]) {
  return { pod: { allow }, runtimeConfig: { [ANNOTATION]: { 'netns-sysctl/sysctls': text } } }
}

export const LIFECYCLE: readonly KernelCase[] = [
  {
    name: 'ADD sets, CHECK finds and DEL puts back, and the host stays',
    stage: 'bare',
    run: `
      all_values >/tmp/before
      ${cni('ADD', CONF)}
      pod_has ${SYSCTLS}
      ${cni('CHECK', CONF)}
      in_pod sh -c 'echo 7 >/proc/sys/net/core/somaxconn'
      ${cni('CHECK', CONF)}
      in_pod sh -c 'echo 1024 >/proc/sys/net/core/somaxconn'
      ${cni('DEL', CONF)}
      pod_has ${SYSCTLS}
      all_values | cmp - /tmp/before && ls /run/cni/netns-sysctl`,
    prints: ({ since }) => [
      'ok',
      ...['1024', '2', '1024 65535', '61'],
      '102: net.core.somaxconn: is "7", not "1024"',
      ...[since('5.4') ? '4096' : '128', ...FOUND],
    ],
  },
  {
    name: 'DEL knows nothing of an attachment, and is content',
    stage: 'bare',
    run: cni('DEL', CONF),
    prints: () => [],
  },
  {
    name: 'a pod sets what its network lets it',
    stage: 'loaded',
    run: `
      ${cni('ADD', asPod('net.core.somaxconn = 99', 'net.core.*'))}
      pod_has core/somaxconn
      ${cni('ADD', asPod('net.ipv4.ip_forward = 1', 'net.core.*'))}
      pod_has ipv4/ip_forward`,
    prints: () => ['ok', '99', /^100: net\.ipv4\.ip_forward: the pod may not set it/, '0'],
  },
  {
    name: 'no pod throws the switch of the whole node',
    stage: 'loaded',
    run: `
      ${cni('ADD', asPod('net.netfilter.nf_hooks_lwtunnel = 1', 'net.netfilter.*'))}
      ${cni('ADD', { sysctl: { '-net.netfilter.nf_hooks_lwtunnel': 1 } })}
      ${cni('ADD', { inherit: ['net.netfilter.nf_hooks_lwtunnel'] })}
      cat /proc/sys/net/netfilter/nf_hooks_lwtunnel 2>/dev/null || echo 0`,
    prints: () => [
      ...Array(3).fill(
        /^101: net\.netfilter\.nf_hooks_lwtunnel: belongs to the whole node, also when a container writes it/,
      ),
      '0',
    ],
  },
]
