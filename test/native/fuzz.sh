#!/usr/bin/env bash
# Fuzzes the native executable's stdin for so many seconds, under the sanitizers, starting from what real runtimes have
# sent: npm run fuzz [-- SECONDS COMMAND]. It ends with 1 where something was found, which is then in
# dist/fuzz/found/default/{crashes,hangs}. It runs in namespaces of its own, with a container to write to and without a
# file system that it could change. Needs root, and Debian's packages afl++, clang and libclang-rt-dev.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
export CNI_COMMAND=${2:-ADD}
folder=$PWD/dist/fuzz

rm -rf "$folder"
mkdir -p "$folder/corpus"
for capture in test/captures/*.json; do
  node --print 'JSON.stringify(JSON.parse(fs.readFileSync(process.argv[1], "utf8")).stdin)' "$capture" \
    >"$folder/corpus/$(basename "$capture")"
done
CC=afl-clang-fast AFL_QUIET=1 node build.mjs --native --sanitize --out dist/fuzz/netns-sysctl

unshare --net --mount --pid --fork --kill-child --mount-proc bash -s "$folder" "$seconds" <<'SANDBOX'
set -euo pipefail
mount --bind "$1" "$1"
mount -o remount,bind,ro /
for at in /run /tmp /dev/shm; do mount -t tmpfs tmpfs "$at"; done
unshare --net sleep infinity </dev/null &
until [ "$(cat "/proc/$!/comm")" = sleep ]; do sleep 0.1; done
export CNI_CONTAINERID=c1 CNI_IFNAME=lo CNI_PATH=/opt/cni/bin CNI_NETNS="/proc/$!/ns/net"
export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
export ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:symbolize=0
afl-fuzz -i "$1/corpus" -o "$1/found" -V "$2" -t 2000 -m none -- "$1/netns-sysctl" </dev/null >"$1/log"
SANDBOX

grep -E '^(execs_done|corpus_count|edges_found|saved_crashes|saved_hangs)' "$folder/found/default/fuzzer_stats"
! grep -qE '^saved_(crashes|hangs) +: [1-9]' "$folder/found/default/fuzzer_stats"
