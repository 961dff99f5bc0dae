#!/usr/bin/env bash
# Measures the engine against its peers, in turn: run.sh [--quick] [WORKLOAD …]; --help tells the rest.
# Needs Python 3.9 to 3.11 and, the first time, a network connection to fetch the peers.
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/venv .venv-bench Tests/Benchmarks/requirements.txt
for product in benchmarks convert eval inspect format-probe; do
    swift build -c release --product "$product" >&2
done
exec .venv-bench/bin/python Tests/Benchmarks/bench.py \
    --binaries "$(swift build -c release --show-bin-path)" "$@"
