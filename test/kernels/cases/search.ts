import type { KernelCase } from '../case.ts'

const GLOBS = [
  ...Array.from({ length: 5 }, (_, depth) => `'net${'.*'.repeat(depth + 1)}'`),
  ...['ipv4.conf', 'ipv6.conf', 'ipv4.neigh', 'ipv6.neigh'].map((tree) => `'net.${tree}.IFNAME.*'`),
].join(' ')

/** Their names: other tests read what they print. */
export const WRITES_THAT_REACH = 'writes that reach the host'
export const BEFORE = 'what explain says of a host that is as it was booted'
export const FOLLOWS = 'what a new netns has of a host where all is changed'

/** The host's files before and after the change: they print what measure.ts reads. */
export const SEARCH: readonly KernelCase[] = [
  {
    name: BEFORE,
    stage: 'search',
    isNativeOnly: true,
    run: `packed $PLUGIN explain --json ${GLOBS}`,
    prints: () => [/^[\w+/=]+$/],
  },
  {
    name: WRITES_THAT_REACH,
    stage: 'search',
    isNativeOnly: true,
    run: `
      make_netns /run/netns/sibling
      all_values >/tmp/host
      in_pod_all_values >/tmp/pod
      in_pod_all_values /run/netns/sibling >/tmp/sibling
      in_pod sh -c '. /lib.sh; change_all'
      in_pod_all_values | diff /tmp/pod - | grep -c '^+/'
      all_values | diff /tmp/host - | grep '^+/' | sed 's/^/host /'
      in_pod_all_values /run/netns/sibling | diff /tmp/sibling - | grep '^+/' | sed 's/^/sibling /'`,
    prints: ({ since }) => [
      /^\d{3,4}$/,
      ...(since('5.15') ? ['host', 'sibling'] : []).map(
        (where) => `${where} +/proc/sys/net/netfilter/nf_hooks_lwtunnel:1`,
      ),
    ],
  },
  {
    name: FOLLOWS,
    stage: 'search',
    isNativeOnly: true,
    run: `
      in_pod find /proc/sys/net -type f -perm -200 >/tmp/writable
      in_pod_all_values >/tmp/before
      change_all '/default/|nf_hooks_lwtunnel|devconf_inherit_init_net'
      all_values >/tmp/host
      make_netns /run/netns/new
      in_pod_all_values /run/netns/new >/tmp/new
      $PLUGIN explain --json ${GLOBS} >/tmp/explained
      change_all '' /default/
      all_values >/tmp/host2
      make_netns /run/netns/newer
      in_pod_all_values /run/netns/newer >/tmp/newer
      for file in writable before host new host2 newer explained; do packed cat /tmp/$file; done`,
    prints: () => Array(7).fill(/^[\w+/=]+$/),
  },
]
