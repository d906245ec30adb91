#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each one for some seconds, as many at once as there are
# cores. Prints a line a target; fails when one found something, and says where the input is.
#
#   scripts/fuzz.sh SECONDS [target...]
#
# Inputs that reached new code are kept in build/fuzz/corpus, so that the next run begins there. To run
# one input again: build/fuzz/bin/fuzz_<target> FILE
set -euo pipefail
source "$(dirname "$0")/lib.sh"

case ${1:-} in
  -h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || fail "how long? for example: scripts/fuzz.sh 60"
seconds=$1
shift
wanted=("$@")

install_packages build fuzz
build fuzz -DGATEWAY_WARNINGS_AS_ERRORS=ON --

out="$root/build/fuzz"
mkdir -p "$out/log" "$out/findings"

# Sanitizers end the process at the first finding; a hang is one too.
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

# fuzz TARGET MAX_LENGTH SEEDS...
fuzz() {
  local target=$1 length=$2
  shift 2
  mkdir -p "$out/corpus/$target"
  "$out/bin/fuzz_$target" -max_total_time="$seconds" -max_len="$length" -timeout=20 -rss_limit_mb=1024 \
    -print_final_stats=1 -artifact_prefix="$out/findings/$target-" \
    "$out/corpus/$target" "$@" >"$out/log/$target.log" 2>&1
}

# report TARGET STATUS: one line; the finding, where there is one.
report() {
  local log="$out/log/$1.log" executions coverage
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\).*/\1 edges, \2 features/p' "$log" | tail -1)
  if [ "$2" -eq 0 ]; then
    printf '%-16s %10s executions  %-28s no finding\n' "$1" "${executions:-?}" "${coverage:-?}"
    return
  fi
  printf '%-16s %10s executions  %-28s FINDING (status %s)\n' "$1" "${executions:-?}" "${coverage:-?}" "$2"
  grep -m 3 -E 'expected: |runtime error: |ERROR: ' "$log" | sed 's/^/    /' || true
  local input
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
  printf '    input: %s\n    log:   %s\n' "${input:-none was written}" "$log"
}

targets=()
arguments=()
while read -r target rest; do
  if [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $target "* ]]; then
    targets+=("$target")
    arguments+=("$rest")
  fi
done <"$out/fuzz-targets.txt"
[ ${#targets[@]} -gt 0 ] || fail "no such target; there are: $(cut -d' ' -f1 "$out/fuzz-targets.txt" | tr '\n' ' ')"

say "Running ${#targets[@]} targets for $seconds s each, $(nproc) at once"
declare -A running=()
trap '[ ${#running[@]} -eq 0 ] || kill "${!running[@]}" 2>/dev/null || true' EXIT
findings=0

# Waits for one that runs, and reports it.
finish_one() {
  local ended status=0
  wait -n -p ended "${!running[@]}" || status=$?
  local target=${running[$ended]}
  unset "running[$ended]"
  report "$target" "$status"
  [ "$status" -eq 0 ] || findings=$((findings + 1))
}

for i in "${!targets[@]}"; do
  [ ${#running[@]} -lt "$(nproc)" ] || finish_one
  # shellcheck disable=SC2086 # one word a folder
  fuzz "${targets[$i]}" ${arguments[$i]} &
  running[$!]=${targets[$i]}
done
while [ ${#running[@]} -gt 0 ]; do
  finish_one
done

if [ "$findings" -gt 0 ]; then
  printf '\n%s of %s targets found something\n' "$findings" "${#targets[@]}"
  exit 1
fi
printf '\nNo findings\n'
