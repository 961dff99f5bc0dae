#!/usr/bin/env bash
# Measures the engine against its peers, in turn: run.sh [--quick] [WORKLOAD …]; --help tells the rest.
# Needs Python 3.9 to 3.11 and, the first time, a network connection to fetch the peers.
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/venv .venv-bench Tests/Benchmarks/requirements.txt
swift build -c release --product benchmarks >&2
swift build -c release --product eval >&2
exec .venv-bench/bin/python Tests/Benchmarks/bench.py \
    --binaries "$(swift build -c release --show-bin-path)" "$@"
