#!/usr/bin/env bash
# Makes the Python environment that the peers run in: .venv-bench at the top of the repository.
# Does nothing where it is there and its requirements have not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=Tests/Benchmarks/requirements.txt
ready=.venv-bench/ready
if [[ -f $ready ]] && cmp -s "$requirements" "$ready"; then
    exit 0
fi
# TensorFlow 2.15 has wheels for Python 3.9 to 3.11.
python=${PYTHON:-}
if [[ -z $python ]]; then
    for python in python3.11 python3.10 python3.9 ""; do
        if [[ -n $python ]] && command -v "$python" >/dev/null; then break; fi
    done
fi
if [[ -z $python ]]; then
    echo "setup: the peers need Python 3.9, 3.10 or 3.11 (PYTHON names one)" >&2
    exit 1
fi
"$python" -m venv .venv-bench
.venv-bench/bin/pip install --quiet --requirement "$requirements"
cp "$requirements" "$ready"
