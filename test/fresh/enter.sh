#!/usr/bin/env bash
# Pid 1 of namespaces of their own, for one command in a root of Debian: enter.sh BASE CHANGES COMMAND…
# BASE is the root, which stays as it is; what is written goes to the folder CHANGES, and is there for the next command.
set -euo pipefail
base=$1 changes=$2
shift 2

mkdir -p "$changes/upper" "$changes/work" "$changes/root"
root=$changes/root
mount -t overlay -o "lowerdir=$base,upperdir=$changes/upper,workdir=$changes/work" overlay "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for folder in run tmp var/lib/containers var/lib/containerd; do
  mkdir -p "$root/$folder"
  mount -t tmpfs tmpfs "$root/$folder"
done
mkdir -p "$root/root/.npm" "$root/host"
mount --bind "$FRESH_DEBS" "$root/var/cache/apt/archives"
mount --bind "$FRESH_NPM" "$root/root/.npm"
# How this machine reaches the network, which may be by a proxy with a certificate of its own.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/host/certificates"

# Thousands of files are written, and thrown away.
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"

cd "$root"
pivot_root . host
umount -l /host
ip link set lo up 2>/dev/null || true

remove_cgroups() {
  find /sys/fs/cgroup -depth -type d -path "*/$FRESH_CGROUP*" -exec rmdir {} + 2>/dev/null || true
}

# Not exec: pid 1 has to reap what a runtime leaves behind.
status=0
env -i HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 CGROUP="$FRESH_CGROUP" \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  npm_config_cafile=/host/certificates npm_config_prefer_offline=true npm_config_registry="$FRESH_REGISTRY" \
  bash -c "$1" || status=$?
remove_cgroups
exit "$status"
