import { cni, type KernelCase } from '../case.ts'

const NESTED = 'this node is itself in a network namespace, as with kind'
const ACCEPT_RA = { sysctl: { 'net.ipv6.conf.IFNAME.accept_ra': 0 } }

export const NETNS: readonly KernelCase[] = [
  {
    name: 'a node that is itself in a netns says what is known',
    stage: 'loaded',
    run: `
      make_netns /run/netns/node
      PLUGIN="nsenter --net=/run/netns/node $PLUGIN"
      cni() {
        printf '%s' "$2" | CNI_COMMAND=$1 CNI_CONTAINERID=c1 CNI_NETNS=$POD CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin $PLUGIN
        echo
      }
      ${cni('ADD', { sysctl: { 'net.core.netdev_max_backlog': 1 } })}
      ${cni('ADD', { sysctl: { 'net.netfilter.nf_conntrack_max': 1 } })}
      ${cni('ADD', { sysctl: { 'net.core.somaxconn': 1 } })}
      pod_has core/somaxconn
      drop_netns /run/netns/node`,
    prints: ({ release }) => [
      `101: net.core.netdev_max_backlog: does not exist here on Linux ${release}; ${NESTED}, so it cannot be seen whether the machine below has it`,
      `101: net.netfilter.nf_conntrack_max: is read-only in a container on Linux ${release}; ${NESTED}, so if it can be set at all, then on the machine below`,
      'ok',
      '1',
    ],
  },
  {
    name: 'an interface with a small MTU has no IPv6',
    stage: 'bare',
    run: `
      in_pod ip link set eth0 mtu 1279
      ${cni('ADD', ACCEPT_RA)}
      in_pod ip link set eth0 mtu 1280
      ${cni('ADD', ACCEPT_RA)}`,
    prints: () => [
      '101: net.ipv6.conf.eth0.accept_ra: IPv6 is off on eth0, as on every interface with an MTU below 1280: there is no net.ipv6.conf.eth0',
      'ok',
    ],
  },
  {
    name: 'what the plan, the host and the netns have against it is told at once',
    stage: 'bare',
    run: cni('ADD', {
      sysctl: { 'net..x': 1, 'vm.swappiness': 1, 'net.core.netdev_max_backlog': 1, 'net.core.somaxconn': 1 },
      inherit: ['net.core.nosuch'],
    }),
    prints: () => [
      /^7: "net\.\.x" is not the name .*; vm\.swappiness: belongs .*; net\.core\.nosuch: cannot be copied .*; net\.core\.netdev_max_backlog: exists only on the host/,
    ],
  },
  {
    name: 'without IPv6 all else works',
    stage: 'noIpv6',
    run: `
      ${cni('ADD', { sysctl: { 'net.core.somaxconn': 5, '-net.ipv6.conf.IFNAME.accept_ra': 0 } })}
      pod_has core/somaxconn
      ${cni('ADD', { inherit: ['net.ipv4.tcp_*', 'net.ipv4.conf.IFNAME.*'] })} 2>/dev/null
      $PLUGIN explain net.ipv6.conf.all.disable_ipv6 net.core.somaxconn --json | grep -c '"settable":true\\|"settable": true'`,
    prints: () => [
      'netns-sysctl: net.ipv6.conf.eth0.accept_ra: not set (ENOENT), ignored because of its "-"',
      'ok',
      '5',
      'ok',
      '1',
    ],
  },
  {
    name: 'explain knows what an interface gets of the tables of neighbours',
    stage: 'loaded',
    run: `
      $PLUGIN explain net.ipv4.neigh.IFNAME.gc_stale_time net.ipv6.neigh.IFNAME.locktime net.ipv4.neigh.IFNAME.gc_thresh1 |
        tail -n +4 | tr -s ' '`,
    prints: () => [
      'net.ipv4.neigh.IFNAME.gc_stale_time 60 60 yes starts with the value of the host',
      'net.ipv6.neigh.IFNAME.locktime 0 0 yes starts with the value of the host',
      'net.ipv4.neigh.IFNAME.gc_thresh1 128 - no of the whole node: set it there',
    ],
  },
]
