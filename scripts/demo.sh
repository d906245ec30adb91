#!/usr/bin/env bash
# Shows the gateway's main job on a machine without radio: installs what is missing, builds, runs
# `wirepas-gateway demo`. Arguments go to the demo (try --help, --keep).
set -euo pipefail
source "$(dirname "$0")/lib.sh"

install_packages build test
build release -- wirepas-gateway wirepas-sink-simulator wirepas-sink-service wirepas-transport-service
say "Running the demo"
exec "$root/build/release/bin/wirepas-gateway" demo "$@"
