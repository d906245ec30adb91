#!/usr/bin/env bash
# Builds a release and measures the gateway on this machine; the figures are those of docs/performance.md.
#
#   scripts/bench.sh [quick] [NAME]...
#
# Names choose measurements; without one all are done.
#   of the sink service     uplink latency upload downlink idle
#   of the whole gateway    throughput two-sinks line delay cost memory requests scratchpad start replay
#   of the simulated mesh   mesh
# All of it takes about fifteen minutes, quick about six; without load of others, or the figures are theirs.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

of_sink=" uplink latency upload downlink idle "
of_gateway=" throughput two-sinks line delay cost memory requests scratchpad start replay "

quick=()
sink=()
gateway=()
mesh=()
for word in "$@"; do
  case $word in
    -h | --help)
      sed -n '2,10s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    quick) quick=(quick) ;;
    mesh) mesh=(mesh) ;;
    *)
      if [[ $of_sink == *" $word "* ]]; then
        sink+=("$word")
      elif [[ $of_gateway == *" $word "* ]]; then
        gateway+=("$word")
      else
        fail "nothing is named $word; see --help"
      fi
      ;;
  esac
done
if [ $((${#sink[@]} + ${#gateway[@]} + ${#mesh[@]})) -eq 0 ]; then
  read -ra sink <<<"$of_sink"
  read -ra gateway <<<"$of_gateway"
  mesh=(mesh)
fi

targets=()
[ ${#sink[@]} -eq 0 ] || targets+=(sink-benchmark)
[ ${#gateway[@]} -eq 0 ] || targets+=(transport-benchmark)
[ ${#mesh[@]} -eq 0 ] || targets+=(mesh-benchmark)

install_packages build test
build bench -- "${targets[@]}"
programs="$root/build/bench/bin"
if [ ${#sink[@]} -gt 0 ]; then
  say "Measuring the sink service"
  "$programs/sink-benchmark" "${quick[@]}" "${sink[@]}"
fi
if [ ${#gateway[@]} -gt 0 ]; then
  say "Measuring the gateway"
  "$programs/transport-benchmark" "${quick[@]}" "${gateway[@]}"
fi
if [ ${#mesh[@]} -gt 0 ]; then
  say "Measuring the simulated mesh"
  "$programs/mesh-benchmark"
fi
