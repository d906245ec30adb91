#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, and runs every test.
#
#   scripts/test.sh [--sanitize] [argument of ctest...]
#
# --sanitize runs the tests with AddressSanitizer and UndefinedBehaviorSanitizer, then those with the
# label "threads" with ThreadSanitizer. For one test: scripts/test.sh -R 'part of its name'
set -euo pipefail
source "$(dirname "$0")/lib.sh"

sanitize=false
arguments=()
for argument in "$@"; do
  case $argument in
    --sanitize) sanitize=true ;;
    -h | --help)
      sed -n '2,7s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *) arguments+=("$argument") ;;
  esac
done

results=()
status=0

# run_tests PRESET [argument of ctest...]: goes on after failures, so that every preset has its say.
run_tests() {
  local preset=$1
  shift
  say "Running the tests of preset $preset"
  local log="$root/build/$preset/test.log"
  # A whole run without tests is a mistake; a filter may leave a preset without any.
  local none=error
  [ ${#arguments[@]} -eq 0 ] || none=ignore
  ctest --preset "$preset" -j "$((2 * $(nproc)))" --no-label-summary "--no-tests=$none" "$@" "${arguments[@]}" 2>&1 |
    tee "$log" || status=1
  results+=("Result of preset $preset:" "$(grep -E 'tests passed|No tests were found' "$log" | tail -1)")
}

install_packages build test
if $sanitize; then
  build asan -DGATEWAY_WARNINGS_AS_ERRORS=ON
  run_tests asan
  build tsan -DGATEWAY_WARNINGS_AS_ERRORS=ON -- tests_with_threads
  run_tests tsan -L threads
else
  build debug -DGATEWAY_WARNINGS_AS_ERRORS=ON
  run_tests debug
fi

printf '\n'
printf '%s\n' "${results[@]}"
exit "$status"
