import { existsSync } from 'node:fs'
import type { Step } from './execute.ts'
import { commandsWith, lineWith } from './readme.ts'
import type { Root } from './root.ts'

/** What is done in a root, in order, and what must come of it. */
export interface Check {
  readonly name: string
  readonly commands: string
  /** What the output must match. */
  readonly shows: RegExp
  readonly hides?: RegExp
  readonly status?: number
  /** Without the machine's network, which a container runtime would change. */
  readonly isAlone?: boolean
  readonly also?: (root: Root, step: Step) => string | undefined
}

const SEE = commandsWith('npm start')
const APT = lineWith(SEE, 'apt-get install')
const START = lineWith(SEE, 'npm start')
const TEST = lineWith(commandsWith('npm test'), 'npm test')
const INSTALL = commandsWith('install --into')
const [APT_UPDATE = ''] = APT.split(' && ')

/** From nothing to the demonstration. */
export const BEGINNING: readonly Check[] = [
  { name: 'nothing but Node.js and npm', commands: `${APT_UPDATE} && ${APT_NODE()}`, shows: /nodejs/ },
  {
    name: 'npm start where something is missing',
    commands: START,
    status: 1,
    shows: /^missing: libatomic\.so\.1.*; on Debian and Ubuntu: apt-get install libatomic1.*\n$/,
    also: (root, { seconds }) => {
      if (existsSync(root.pathOf('/srv/netns-sysctl/node_modules'))) return 'something was fetched'
      return seconds > 30 ? `it took ${seconds} s` : undefined
    },
  },
  { name: 'the packages of the README', commands: APT, shows: /libatomic1/ },
  {
    name: 'npm ci && npm start',
    commands: START,
    shows: /Everything worked\./,
    hides: /EBADENGINE|warn/i,
  },
]

export const TESTS: Check = { name: 'npm ci && npm test', commands: TEST, shows: /Tests .*passed/, hides: /failed/ }

/** A container without an image: busybox in a folder. */
const ROOTFS = `mkdir -p /srv/rootfs/bin
cp /bin/busybox /srv/rootfs/bin/
ln -sf busybox /srv/rootfs/bin/cat
`
const SOMAXCONN = '/proc/sys/net/core/somaxconn'
/** Of the containers. */
const GROUP = '$CGROUP'

function APT_NODE(): string {
  return 'apt-get install -y --no-install-recommends nodejs npm'
}

function APT_INSTALL(...packages: readonly string[]): string {
  return `apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** The README's line, with the conflist of this node and more options. */
function installInto(conflist: string, options = ''): string {
  return `cd dist\n${INSTALL.replace(/\/etc\/cni\/net\.d\/\S+/, `${conflist} ${options}`)}cd ..\n`
}

export const PODMAN: readonly Check[] = [
  {
    name: 'the packages of podman',
    commands: APT_INSTALL('podman', 'runc', 'containernetworking-plugins', 'iptables', 'busybox-static'),
    shows: /podman/,
  },
  {
    name: 'a container of podman has the sysctl',
    isAlone: true,
    commands: `set -e
${ROOTFS}
printf '[network]\\nnetwork_backend = "cni"\\n[engine]\\ncgroup_manager = "cgroupfs"\\nevents_logger = "file"\\nruntime = "runc"\\n' >/etc/containers/containers.conf
printf '[storage]\\ndriver = "vfs"\\ngraphroot = "/var/lib/containers/storage"\\nrunroot = "/run/containers/storage"\\n' >/etc/containers/storage.conf
${installInto('/etc/cni/net.d/87-podman-bridge.conflist', '--bin-dir /usr/lib/cni')}
podman run --rm --cgroup-parent ${GROUP} --log-driver k8s-file --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 --rootfs /srv/rootfs /bin/cat ${SOMAXCONN}`,
    shows: /^16384$/m,
  },
]

const CONFLIST = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'web',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/16' }]] },
    },
  ],
})

export const CONTAINERD: readonly Check[] = [
  {
    name: 'the packages of containerd',
    commands: APT_INSTALL('containerd', 'runc', 'containernetworking-plugins', 'busybox-static'),
    shows: /containerd/,
  },
  {
    name: 'a container of containerd has the sysctl',
    isAlone: true,
    commands: `set -e
${ROOTFS}
mkdir -p /etc/cni/net.d /opt/cni
ln -sfn /usr/lib/cni /opt/cni/bin
rm -f /etc/cni/net.d/*
echo '${CONFLIST}' >/etc/cni/net.d/10-web.conflist
${installInto('/etc/cni/net.d/10-web.conflist')}
printf 'version = 2\\noom_score = 0\\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]\\n' >/run/containerd.toml
containerd --config /run/containerd.toml >/run/containerd.log 2>&1 &
for _ in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
ctr run --rm --cni --cgroup ${GROUP}/ctr --rootfs /srv/rootfs web /bin/cat ${SOMAXCONN} || { cat /run/containerd.log; exit 1; }
kill %1
wait`,
    shows: /^16384$/m,
  },
]
