# What cases are written with. Each has a pod of its own, whose interface is eth0; the host is the machine itself.
# shellcheck shell=sh
PLUGIN=${PLUGIN:-/opt/cni/bin/netns-sysctl-native}
POD=/run/netns/pod

# Makes a netns at a path that has a veth eth0.
make_netns() {
  mkdir -p /run/netns
  : >"$1"
  # shellcheck disable=SC2016 # The inner shell shall expand it.
  unshare -n sh -c 'mount --bind /proc/self/ns/net "$1" && ip link set lo up' sh "$1"
  nsenter --net="$1" ip link add eth0 type veth
  nsenter --net="$1" ip link set eth0 up
}

drop_netns() {
  umount "$1" && rm "$1"
}

# Runs a command in the pod's netns.
in_pod() {
  nsenter --net="$POD" "$@"
}

# cni COMMAND CONFIGURATION: calls the plugin as a runtime does.
cni() {
  printf '%s' "$2" | CNI_COMMAND=$1 CNI_CONTAINERID=c1 CNI_NETNS=$POD CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin "$PLUGIN"
  echo
}

# The values of sysctls, by their paths below /proc/sys/net, in the pod or on the host.
pod_has() {
  for name in "$@"; do in_pod cat "/proc/sys/net/$name" | tr '\t' ' '; done
}
host_has() {
  for name in "$@"; do tr '\t' ' ' <"/proc/sys/net/$name"; done
}

# Every value below /proc/sys/net, a line each: path:value. What counts or is the time of day is left out.
all_values() {
  grep -rs '' /proc/sys/net | grep -vE '/(nf_conntrack_count|stable_secret|tcp_fastopen_key|flush):' | sort
}
in_pod_all_values() {
  nsenter --net="${1:-$POD}" sh -c '. /lib.sh; all_values'
}

# The files below /proc/sys/net that can be written and read, a line each: path:value. (A shell's own read asks for one
# byte after the other, and gets the first digit of a number only.)
writable_values() {
  grep -rs '' /proc/sys/net | while IFS=: read -r file value; do
    if [ -w "$file" ]; then echo "$file:$value"; fi
  done
}

# Changes every sysctl of the netns in which it runs that can be changed and is a number or more: by one, or what else it
# takes. Those that match $1 are left, and those that
# do not match $2, where these are given.
change_all() {
  writable_values | grep -E "${2:-.}" | grep -vE "/(flush|disable_ipv6|stable_secret):|${1:-^-}" | while IFS=: read -r file value; do
    # shellcheck disable=SC2086 # A vector is split into its numbers.
    set -- $value
    case ${1:-x} in *[!0-9-]*) continue ;; esac
    first=$1
    shift
    for other in $((first + 1)) $((first - 1)) $((!first)); do
      # One that is refused still has what it had.
      echo "$other $*" >"$file" && break
    done
  done 2>/dev/null
}

# Writes what writable_values has printed.
write_back() {
  while IFS=: read -r file value; do echo "$value" >"$file"; done 2>/dev/null
}

# Packs what a command prints, so that the console need not carry all of it.
packed() {
  "$@" | gzip | base64 | tr -d '\n'
  echo
}
