#!/usr/bin/env bash
# Builds a release and measures the gateway on this machine; the figures are those of docs/performance.md.
#
#   scripts/bench.sh [quick] [uplink|latency|upload|downlink|idle]...
#
# All of it takes about six minutes, quick about three; without load of others, or the figures are theirs.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

case ${1:-} in
  -h | --help)
    sed -n '2,6s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac

install_packages build test
build bench -- sink-benchmark
say "Measuring"
"$root/build/bench/bin/sink-benchmark" "$@"
