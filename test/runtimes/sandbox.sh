# Pid 1 of the namespaces that the runtimes run in: hides the host's folders that they write to, then runs a command.
set -e

for folder in /run /var/lib /var/log /var/tmp /dev/shm; do mount -n -t tmpfs tmpfs "$folder"; done

# As on the host, but what is written there is not.
for folder in /etc /opt; do
  layers=/run/layers$folder
  mkdir -p "$layers/upper" "$layers/work"
  mount -n -t overlay -o "lowerdir=$folder,upperdir=$layers/upper,workdir=$layers/work" overlay "$folder"
done
for folder in /etc/cni/net.d /opt/cni/bin; do
  mkdir -p "$folder"
  mount -n -t tmpfs tmpfs "$folder"
done
rm -rf /etc/cni/netns-sysctl /etc/cni/tuning

ip link set lo up
mkdir /run/home /run/tmp
export HOME=/run/home TMPDIR=/run/tmp
touch "$SANDBOX_MARK"

# Not exec: pid 1 has to reap what the runtimes leave behind.
status=0
"$@" || status=$?
exit "$status"
