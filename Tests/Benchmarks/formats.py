"""Files beside TensorFlow: listing and checking a checkpoint, walking records, writing a checkpoint.

Listing is timed as a whole process on both sides. For the rest TensorFlow is timed within a process that runs already, and
so is ours where it walks and writes; checking is timed with our process's start, which counts against ours only.
"""

import os
import statistics
import subprocess
import sys
import time

import files
from driver.process import WorkerFailure
from driver.report import table

FILE_WORKLOADS = {f"files-{name}": name for name in ("list", "read", "walk", "write")}

# The 1,567 tensors and 470 MB that are listed and read.
NETWORK = "assemble-resnet-152"
WRITTEN_MEBIBYTES = 470
LISTING = "import sys, tensorflow as t; print(len(t.train.list_variables(sys.argv[1])))"


# A process begins with the peak memory of the one that started it, so a bare interpreter starts what is measured.
METER = """
import os, sys, time
said = os.memfd_create("said")
files = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, said, 2)]
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=files)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
words = os.pread(said, 4096, 0).split()
print(seconds, os.waitstatus_to_exitcode(status), usage.ru_maxrss, float(words[-2]) if words[-1:] == [b"s"] else None)
"""


def process(*command):
    """Seconds and peak memory in bytes of a process: of the whole, or as many seconds as it says at its end."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", METER, *command], capture_output=True, text=True, check=False,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})
    if done.returncode != 0:
        raise WorkerFailure(f"{command[0]}: {done.stderr.strip().splitlines()[-1]}")
    seconds, code, peak, inner = done.stdout.split()
    if code != "0":
        raise WorkerFailure(f"{' '.join(command)} ended with {code}")
    return float(seconds if inner == "None" else inner), int(peak) * 1024


class Peer:
    """TensorFlow in a process of its own."""

    def __init__(self, here):
        self.child = subprocess.Popen(
            [sys.executable, "-m", "peers.files"], cwd=here, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})

    def ask(self, word, path):
        """Seconds of one piece of work, whose memory is not told from the rest of the process."""
        try:
            self.child.stdin.write(f"{word} {path}\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.child.stdout.readline()
        if not answer:
            raise WorkerFailure(f"TensorFlow's process ended at {word} {path}")
        return float(answer), None

    def close(self):
        self.child.stdin.close()
        self.child.stdout.close()
        self.child.wait()


def both(work, options, peer):
    """What each side runs, and the bytes that both go through; None where bytes tell nothing."""
    inspect, probe = str(options.binaries / "inspect"), str(options.binaries / "format-probe")
    if work in ("list", "read"):
        prefix = str(files.checkpoint(options, NETWORK) / "model.ckpt-0")
        if work == "list":
            return (lambda: process(inspect, prefix),
                    lambda: process(sys.executable, "-c", LISTING, prefix), None)
        return (lambda: process(inspect, prefix, "--verify"), lambda: peer.ask("read", prefix),
                os.path.getsize(prefix + ".data-00000-of-00001"))
    if work == "walk":
        path = options.scratch / "walked"
        peer.ask("records", path)
        return (lambda: process(probe, "read", str(path)), lambda: peer.ask("walk", path),
                path.stat().st_size)
    return (lambda: process(probe, "write-large", str(options.scratch / "ours"), str(WRITTEN_MEBIBYTES)),
            lambda: peer.ask("write", options.scratch / "theirs"), WRITTEN_MEBIBYTES << 20)


def run_files(work, options):
    """One kind of work by both sides in turn, after one turn each that is not counted."""
    peer = Peer(options.here)
    try:
        ours, theirs, size = both(work, options, peer)
        ours(), theirs()
        turns = [(ours(), theirs()) for _ in range(options.rounds)]
    except WorkerFailure as failure:
        return {"programs": {work: {"failure": str(failure)}}}
    finally:
        peer.close()
    programs = {}
    for name, samples in zip(("reassemble", "tensorflow"), zip(*turns)):
        seconds = [sample[0] for sample in samples]
        peaks = [sample[1] for sample in samples if sample[1] is not None]
        programs[name] = {
            "median": statistics.median(seconds), "fastest": min(seconds), "slowest": max(seconds),
            "peak_bytes": max(peaks) if peaks else None}
    return {"bytes": size, "rounds": options.rounds, "programs": programs}


def file_table(entry):
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", "-", result["failure"]])
            continue
        median, size, peak = result["median"], entry["bytes"], result["peak_bytes"]
        ratio = median / entry["programs"]["reassemble"]["median"]
        rows.append([
            name, f"{median * 1e3:.1f}", f"{result['fastest'] * 1e3:.1f}-{result['slowest'] * 1e3:.1f}",
            f"{size / median / 1e9:.2f}" if size else "-", f"{peak / 1e6:.0f}" if peak else "-", f"{ratio:.2f}x"])
    return table(rows, ["files", "ms", "range", "GB/s", "MB", "of ours"])
