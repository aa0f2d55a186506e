#!/usr/bin/env bash
# Pid 1 of its own namespaces, for one command in a root of Debian: enter.sh ROOT COMMAND. What is mounted goes with it.
set -euo pipefail
root=$1
command=$2

mount -n --bind "$root" "$root"
# A folder of this machine may be mounted without them.
mount -n -o remount,bind,dev,suid,exec "$root"
mount -n -t proc proc "$root/proc"
mount -n --rbind /sys "$root/sys"
mount -n --rbind /dev "$root/dev"
for folder in run tmp var/lib/containers var/lib/containerd; do
  mkdir -p "$root/$folder"
  mount -n -t tmpfs tmpfs "$root/$folder"
done
mkdir -p "$root/root/.npm" "$root/machine"
mount -n --bind "$FRESH_DEBS" "$root/var/cache/apt/archives"
mount -n --bind "$FRESH_NPM" "$root/root/.npm"

cd "$root"
pivot_root . machine
umount -n -l /machine
unset LIBMOUNT_UTAB
ip link set lo up 2>/dev/null || true

# Not exec: pid 1 has to reap what a runtime leaves behind.
status=0
bash -c "$command" || status=$?
exit "$status"
