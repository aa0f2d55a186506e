import { cni, type KernelCase } from '../case.ts'

const GLOBS = [
  ...['net.core.*', 'net.ipv4.*', 'net.ipv4.vs.*', 'net.unix.*', 'net.netfilter.*', 'net.sctp.*'],
  ...['net.ipv4.conf.all.*', 'net.ipv4.conf.IFNAME.*', 'net.ipv4.neigh.IFNAME.*'],
  ...['net.ipv6.*', 'net.ipv6.route.*', 'net.ipv6.icmp.*', 'net.ipv6.conf.all.*', 'net.ipv6.conf.IFNAME.*'],
]

/** On 5.10 a container's is at most the host's present value: if that was lowered, nobody can put it back. */
const NOT_ABOVE_HOST = 'nf_conntrack_frag6_high_thresh'

/** The values that a container must have on a host where everything was changed. */
const COPIED = [
  'core/somaxconn',
  'ipv4/tcp_keepalive_time',
  'netfilter/nf_conntrack_tcp_timeout_established',
  'ipv6/ip6frag_time',
]

export const INHERIT: readonly KernelCase[] = [
  {
    name: 'broad globs copy what can be set from a host where all is changed, and DEL puts all back',
    stage: 'loaded',
    run: `
      writable_values | grep -v nf_hooks_lwtunnel >/tmp/as-booted
      change_all 'nf_hooks_lwtunnel|${NOT_ABOVE_HOST}'
      all_values >/tmp/host
      in_pod_all_values >/tmp/pod
      ${cni('ADD', { inherit: GLOBS })} 2>/tmp/stderr
      grep -c '^netns-sysctl: inherit .*: copies [0-9]' /tmp/stderr
      in_pod_all_values >/tmp/set
      [ "$(diff /tmp/pod /tmp/set | grep -c '^+')" -gt 250 ] && echo many
      for name in ${COPIED.join(' ')}; do
        [ "$(pod_has $name)" = "$(host_has $name)" ] && echo same
      done
      ${cni('CHECK', { inherit: GLOBS })}
      ${cni('DEL', { inherit: GLOBS })}
      in_pod_all_values | diff /tmp/pod - | grep '^[-+]/'
      all_values | diff /tmp/host - | grep '^[-+]/'
      write_back </tmp/as-booted`,
    prints: () => ['ok', String(GLOBS.length), 'many', ...COPIED.map(() => 'same')],
  },
]
