# Shared by the scripts in this folder, which source it; not run by itself.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '\n==> %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "needs root for: $* (run it as root, or install sudo)"
  fi
}

# packages_of SECTION...: names from packages.txt.
packages_of() {
  awk -v wanted=" $* " '
    /^[[:space:]]*(#|$)/ { next }
    /^\[/ { section = substr($1, 2, length($1) - 2); next }
    index(wanted, " " section " ") { print $1 }' "$root/scripts/packages.txt"
}

# install_packages SECTION...: installs what is missing; asks apt only when something is.
install_packages() {
  command -v dpkg-query >/dev/null ||
    fail "this is not Debian; install what scripts/packages.txt names by hand, then use cmake as in docs/development.md"
  local wanted installed missing
  wanted=$(packages_of "$@" | sort -u)
  # shellcheck disable=SC2086 # one word a package
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null |
    awk '$1 == "ii" { print $2 }' | sort -u || true)
  missing=$(comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed") | tr '\n' ' ')
  if [ -z "$missing" ]; then
    say "Debian packages: all there"
    return
  fi
  say "Installing Debian packages: $missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

# How many compilers fit: one a core, and 1 GiB of memory for each.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

# build PRESET [option of configure...] -- [target...]: everything when no target is named.
build() {
  local preset=$1
  shift
  local options=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  local targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  say "Building preset $preset in build/$preset"
  cd "$root"
  cmake --preset "$preset" --log-level=WARNING "${options[@]}" >/dev/null # errors are on standard error
  cmake --build --preset "$preset" -j "$(build_jobs)" "${targets[@]}"
}
