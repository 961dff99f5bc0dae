#!/usr/bin/env python3
"""What sharing work costs and gives, measured in turn on one machine that does nothing else: timings.py BINARIES WHAT [--rounds N]

sum         the ordered sum over two ranks against a bare MPI_Allreduce of as many float32 (compiled by mpicc)
training    finetune of --model: 1 process x 1 thread, two of them that know nothing of each other, 1 x 2 threads, 2 ranks
            x 1 thread with and without overlap and in bfloat16
evaluation  eval of the same: 1 process x 2 threads against 2 ranks x 1 thread

Each line is a median of rounds. `training --keep FOLDER` leaves the timeline that efficiency.py reads.
"""

import argparse
import json
import pathlib
import shlex
import shutil
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def output(command):
    """What a command prints; its complaints where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(map(str, command))}\n{done.stderr}")
    return done.stdout


class Timings:
    """Runs each of some ways in turn."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.launch = [*options.launcher.split(), "-n", "2"]

    def in_turn(self, ways):
        """The medians, by name, of what each of some functions gives."""
        found = {name: [] for name in ways}
        for turn in range(self.options.rounds):
            for name, way in ways.items():
                found[name].append(way(turn))
        return found

    def sum(self):
        bare = self.folder / "allreduce"
        source = pathlib.Path(__file__).with_name("allreduce.c")
        subprocess.run([self.options.compiler, "-O2", "-o", bare, source], check=True)
        count = self.options.megabytes << 18
        runs = str(self.options.runs)
        ours = [
            self.options.binaries / "benchmarks", "sum", "--library", self.options.library, "--megabytes",
            str(self.options.megabytes), "--runs", runs]
        found = self.in_turn({
            "MPI_Allreduce": lambda _: float(output([*self.launch, bare, str(count), runs])),
            "in order": lambda _: float(output([*self.launch, *ours])),
            "in order, bfloat16": lambda _: float(output([*self.launch, *ours, "--type", "bfloat16"])),
        })
        for name, seconds in found.items():
            rate = 4 * count / statistics.median(seconds)
            ratios = [one / other for one, other in zip(seconds, found["MPI_Allreduce"])]
            print(
                f"{name}: {1e3 * statistics.median(seconds):.1f} ms of {self.options.megabytes} MB, {rate / 1e9:.2f} GB/s, "
                f"{statistics.median(ratios):.2f} times the bare ({min(ratios):.2f} to {max(ratios):.2f})")

    def finetune(self, name, batch, more):
        out = self.folder / name
        shutil.rmtree(out, ignore_errors=True)
        return [
            str(self.options.binaries / "finetune"), "--data-dir", str(ROOT / "fixtures" / "training"), "--train-regex",
            "pictures.tfrecord", "--model", self.options.model, "--num-classes=11", f"--batch-size={batch}",
            "--train-epochs=1000", f"--stop-at-step={self.options.steps}", "--preprocessing-type=imagenet_224",
            "--model-dir", str(out), "--no-progress", "--json", "--no-meta", "--save-checkpoints-epochs=1000",
            "--input-threads=0", "--shuffle-buffer=16", *more]

    def training(self):
        part = self.options.part

        def speed(text):
            found = json.loads(text)
            return found["images_per_second"], found.get("waiting_for_sums")

        def alone(_):
            return speed(output(self.finetune("one", part, ["--threads=1"])))

        def both(_):
            running = [
                subprocess.Popen(
                    self.finetune(f"both-{index}", part, ["--threads=1"]), stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True) for index in range(2)]
            return sum(speed(process.communicate()[0])[0] for process in running), None

        def threads(_):
            return speed(output(self.finetune("threads", 2 * part, ["--threads=2", "--num-gpus=2"])))

        def ranks(*more):
            return lambda _: speed(output([*self.launch, *self.finetune("ranks", 2 * part, ["--threads=1", *more])]))

        found = self.in_turn({
            "1 process x 1 thread": alone,
            "2 processes x 1 thread that do not know of each other": both,
            "1 process x 2 threads": threads,
            "2 ranks x 1 thread": ranks(),
            "2 ranks x 1 thread, --bucket-mb=0": ranks("--bucket-mb=0"),
            "2 ranks x 1 thread, --allreduce-dtype=bf16": ranks("--allreduce-dtype=bf16"),
        })
        base = [speed for speed, _ in found["1 process x 2 threads"]]
        for name, results in found.items():
            speeds = [speed for speed, _ in results]
            waits = [wait for _, wait in results if wait is not None]
            ratio = statistics.median(one / other for one, other in zip(speeds, base))
            print(
                f"{name}: {statistics.median(speeds):.3f} img/s, {ratio:.3f} of 1 x 2"
                + (f", {100 * statistics.median(waits):.2f} % of the time waits for sums" if waits else ""))
        if self.options.keep:
            self.options.keep.mkdir(parents=True, exist_ok=True)
            output([*self.launch, *self.finetune("timed", 2 * part, ["--threads=1", "--hooks=ProfilerHook"])])
            shutil.copy(self.folder / "timed" / "timeline-2.json", self.options.keep)

    def evaluation(self):
        self.options.steps = 1
        output(self.finetune("network", 2, ["--threads=2"]))
        data = self.folder / "data"
        data.mkdir()
        shutil.copy(ROOT / "fixtures" / "training" / "pictures.tfrecord", data / "validation-00000-of-00001")
        command = [
            str(self.options.binaries / "eval"), "--model-dir", str(self.folder / "network"), "--data-dir", str(data),
            "--json", "--no-progress"]
        found = self.in_turn({
            "1 process x 2 threads": lambda _: json.loads(output([*command, "--threads=2"])),
            "2 ranks x 1 thread": lambda _: json.loads(output([*self.launch, *command, "--threads=1"])),
        })
        base = [result["images_per_second"] for result in found["1 process x 2 threads"]]
        for name, results in found.items():
            speeds = [result["images_per_second"] for result in results]
            ratio = statistics.median(one / other for one, other in zip(speeds, base))
            print(f"{name}: {statistics.median(speeds):.2f} img/s, {ratio:.3f} of 1 x 2")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("what", choices=["sum", "training", "evaluation"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", default="assemble-resnet-50")
    parser.add_argument("--part", type=int, default=8, help="pictures of a rank's part of a step")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--runs", type=int, default=20, help="sums of each round")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for timeline-2.json")
    parser.add_argument(
        "--launcher", default="mpirun --allow-run-as-root --oversubscribe --bind-to none", help="what stands before -n")
    parser.add_argument("--compiler", default="mpicc", help="of the same MPI library")
    parser.add_argument("--library", type=pathlib.Path, help="what Scripts/mpi has built of it")
    options = parser.parse_args()
    options.binaries = options.binaries.resolve()
    options.library = options.library or options.binaries / "libreassemble-openmpi.so"
    with tempfile.TemporaryDirectory() as name:
        getattr(Timings(options, pathlib.Path(name)), options.what)()


if __name__ == "__main__":
    main()
