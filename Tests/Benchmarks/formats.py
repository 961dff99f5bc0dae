"""Files: listing, checking, walking and writing, beside TensorFlow, in turn.

usage: formats.py [--rounds N] [--binaries FOLDER] [ROW …]      rows: list, read, walk, write

Ours is timed as a whole process, TensorFlow within one that runs already (but for `list`, where both are whole processes):
the start of a process counts against ours only.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROWS = ("list", "read", "walk", "write")

LISTING = "import sys, tensorflow as t; print(len(t.train.list_variables(sys.argv[1])))"


def process(*command):
    """Seconds and peak memory in megabytes of a whole process."""
    start = time.perf_counter()
    with open(os.devnull, "w") as nothing:
        child = subprocess.Popen(command, stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"formats: {' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_maxrss * 1024 / 1e6


class Peer:
    """TensorFlow in a process of its own."""

    def __init__(self):
        self.child = subprocess.Popen(
            [sys.executable, "-m", "peers.files"], cwd=HERE, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(self, word, path):
        self.child.stdin.write(f"{word} {path}\n")
        self.child.stdin.flush()
        return float(self.child.stdout.readline())

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def row(name, ours, theirs, rounds, size=None):
    """Measures both in turn and prints the medians."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    (a, memory), (b, other) = (
        [statistics.median(pair[side][part] for pair in pairs) for part in (0, 1)] for side in (0, 1))
    rate = f"{size / a / 1e9:8.2f} {size / b / 1e9:8.2f}" if size else f"{'':8} {'':8}"
    print(f"{name:6} {a * 1e3:10.1f} {b * 1e3:10.1f} {b / a:8.2f}x {rate} {memory:8.0f} {other:8.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / ".build/release")
    parser.add_argument("--checkpoint", type=pathlib.Path, help="a folder that peers.checkpoint wrote; made if not given")
    options = parser.parse_args()
    rows = options.rows or ROWS
    if set(rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(set(rows) - set(ROWS)))}")
    inspect, probe = str(options.binaries / "inspect"), str(options.binaries / "format-probe")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    with tempfile.TemporaryDirectory(prefix="reassemble-files-") as folder:
        scratch = pathlib.Path(folder)
        prefix = None
        if {"list", "read"} & set(rows):
            place = options.checkpoint or scratch / "assemble-152"
            if not place.exists():
                subprocess.run(
                    [sys.executable, "-m", "peers.checkpoint", "--network", "assemble-resnet-152",
                     "--golden", str(ROOT / "fixtures" / "graphs"), str(place)], cwd=HERE, check=True)
            prefix = str(place / "model.ckpt-0")
        peer = Peer()
        print(f"{'':6} {'ours ms':>10} {'TF ms':>10} {'ratio':>9} {'GB/s':>8} {'TF GB/s':>8} {'MB':>8} {'TF MB':>8}")

        def theirs(word, path):
            return lambda: (peer.ask(word, path), float("nan"))

        if "list" in rows:
            row("list", lambda: process(inspect, prefix),
                lambda: process(sys.executable, "-c", LISTING, prefix), options.rounds)
        if "read" in rows:
            size = os.path.getsize(prefix + ".data-00000-of-00001")
            row("read", lambda: process(inspect, prefix, "--verify"), theirs("read", prefix), options.rounds, size)
        if "walk" in rows:
            path = scratch / "records"
            peer.ask("records", path)
            row("walk", lambda: process(probe, "read", str(path)), theirs("walk", path), options.rounds,
                path.stat().st_size)
        if "write" in rows:
            row("write", lambda: process(probe, "write-large", str(scratch / "ours"), "470"),
                theirs("write", scratch / "theirs"), options.rounds, 470 << 20)
        peer.close()


if __name__ == "__main__":
    main()
