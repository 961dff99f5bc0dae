#!/usr/bin/env python3
"""Kills ranks at random moments, and stops others, and tells how each run ended and what was left: lost.py BINARIES [--seed N]

Each run is compared with one process that nobody disturbed: files that are there behind the end must be whole, and the same
command, given again, must end at the same bytes (or digits). Python's standard library and an mpirun are all that it needs.
"""

import argparse
import filecmp
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / "fixtures" / "training" / "pictures.tfrecord"
MARK = "REASSEMBLE_LOST_RUN"


class Case:
    """A tool, its arguments with OUT for where it writes, and what must be the same behind the end."""

    def __init__(self, tool, arguments, again=(), results=()):
        self.tool = tool
        self.arguments = arguments
        self.again = list(again)
        self.results = results

    def command(self, binaries, out, more=()):
        words = [word.replace("OUT", str(out)) for word in [*self.arguments, *more]]
        return [str(binaries / self.tool), *words, "--threads", "1"]


def cases(folder):
    data = folder / "data"
    small = ["--preprocessing-type=imagenet_064"]
    teacher = str(folder / "teacher")
    return {
        "finetune": Case(
            "finetune",
            ["--data-dir", str(data), "--train-regex", "train-*", "--num-classes=11", "--width=8", *small,
             "--batch-size=12", "--accumulate=6", "--images-per-epoch=120", "--train-epochs=4", "--seed=3",
             "--save-checkpoints-epochs=0.3", "--model-dir", "OUT", "--no-progress", "--log-every=1"],
            results=["model.ckpt-40.data-00000-of-00001", "model.ckpt-40.index"]),
        "distill-logits": Case(
            "distill-logits",
            ["--teacher", teacher, *small, "--data-dir", str(data), "--train-regex", "train-*", "--output-dir", "OUT",
             "--no-progress"]),
        "eval": Case(
            "eval",
            ["--model-dir", teacher, *small, "--data-dir", str(data), "--val-regex", "train-*", "--no-progress",
             "--partial", "OUT/part", "--json"],
            again=["--resume"]),
    }


def prepare(folder, binaries, files):
    """Record files, and a small network."""
    (folder / "data").mkdir()
    for index in range(files):
        shutil.copy(PICTURES, folder / "data" / f"train-{index:05d}-of-{files:05d}")
    subprocess.run(
        [str(binaries / "finetune"), "--data-dir", str(PICTURES.parent), "--train-regex", PICTURES.name,
         "--num-classes=11", "--width=8", "--preprocessing-type=imagenet_064", "--batch-size=8", "--train-epochs=1",
         "--stop-at-step=2", "--model-dir", str(folder / "teacher"), "--no-progress"],
        check=True, capture_output=True)


def figures(text):
    """What `--json` says, but for times."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return text
    return {key: value for key, value in found.items() if "second" not in key and "partial" not in key}


def ranks_of(mark):
    """The processes of a run: by number of their rank."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        known = dict(item.split(b"=", 1) for item in environment if b"=" in item)
        rank = known.get(b"OMPI_COMM_WORLD_RANK", known.get(b"PMI_RANK"))
        if known.get(MARK.encode()) == mark.encode() and rank is not None:
            found[int(rank)] = int(entry.name)
    return found


class Lost:
    """Runs a tool on ranks, and takes one of them away."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.number = 0

    def run(self, case, out, sent=None, rank=0, moment=0.0):
        """Exit code, what was said, the seconds from the signal to the end, and what still runs."""
        self.number += 1
        mark = f"{os.getpid()}.{self.number}"
        environment = dict(os.environ, OMP_NUM_THREADS="1", REASSEMBLE_RANK_TIMEOUT="4") | {MARK: mark}
        more = case.again if out.exists() else []
        out.mkdir(exist_ok=True)
        command = [*self.options.launcher.split(), "-n", str(self.options.ranks)]
        with open(self.folder / "said", "w+") as said, open(self.folder / "told", "w+") as told:
            process = subprocess.Popen(
                [*command, *case.command(self.options.binaries, out, more)], stdout=told, stderr=said, env=environment)
            begun = time.monotonic()
            while sent is not None and process.poll() is None and time.monotonic() - begun < moment:
                time.sleep(0.01)
            there = ranks_of(mark) if sent is not None else {}
            sending = time.monotonic()
            if rank in there and process.poll() is None:
                os.kill(there[rank], sent)
            elif sent is not None:
                rank = None
            try:
                code = process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                process.kill()
                code = "hung"
            seconds = time.monotonic() - sending
            time.sleep(0.2)
            left = ranks_of(mark)
            said.seek(0)
            told.seek(0)
            return code, said.read(), told.read(), seconds, left, rank


def reason(case, said, signalled):
    """The first sentence that tells of an end: the tool's, or the launcher's."""
    for line in said.splitlines():
        if "no sign of life" in line or f"{case.tool}: rank" in line:
            return line.strip()
    for line in said.splitlines():
        if "signal" in line or "BAD TERMINATION" in line or "KILLED" in line:
            return "launcher: " + line.strip(" =|")
    return "nothing" if signalled is not None else "it had ended before"


def differing(one, other, names):
    """Files of a folder that are not those of another."""
    return [name for name in names if not filecmp.cmp(one / name, other / name, shallow=False)]


def left_whole(case, lost, out, reference):
    """What is there behind the end: a sentence, and whether it is as it should be."""
    names = sorted(
        str(path.relative_to(out)) for path in out.rglob("*") if path.is_file() and "tfevents" not in path.name)
    if case.tool == "distill-logits":
        whole = [name for name in names if (reference / name).exists()]
        wrong = differing(out, reference, whole)
        return f"{len(whole)} files, {len(wrong)} of them not whole", not wrong
    if case.tool == "finetune":
        saved = sorted(
            (int(name.split("-")[1].split(".")[0]) for name in names
             if name.startswith("model.ckpt-") and name.endswith(".index")))
        if not saved:
            return "no checkpoint yet", True
        done = subprocess.run(
            [str(lost.options.binaries / "inspect"), str(out / f"model.ckpt-{saved[-1]}"), "--verify"],
            capture_output=True, text=True, check=False)
        same = [step for step in saved if (reference / f"model.ckpt-{step}.index").exists()]
        wrong = differing(out, reference, [f"model.ckpt-{step}.data-00000-of-00001" for step in same])
        return (
            f"checkpoints up to {saved[-1]}, the last {'read' if done.returncode == 0 else 'NOT READ'}, "
            f"{len(same) - len(wrong)} of {len(same)} the reference's", done.returncode == 0 and not wrong)
    return f"{len(names)} parts", True


def main():
    """Prints a row for each run; exit code 1 where one of them left something that is not whole, or waited for ever."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ranks", type=int, default=3)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--files", type=int, default=12, help="record files of 128 pictures")
    parser.add_argument(
        "--launcher", default="mpirun --allow-run-as-root --oversubscribe", help="what stands before -n")
    options = parser.parse_args()
    options.binaries = options.binaries.resolve()
    draw = random.Random(options.seed)
    succeeded = True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder, options.binaries, options.files)
        lost = Lost(options, folder)
        everything = cases(folder)
        expected, lengths = {}, {}
        for tool, case in everything.items():
            reference = folder / f"reference-{tool}"
            reference.mkdir()
            done = subprocess.run(
                case.command(options.binaries, reference), capture_output=True, text=True, check=True)
            expected[tool] = figures(done.stdout)
            begun = time.monotonic()
            code, said, *_ = lost.run(case, folder / f"whole-{tool}")
            if code != 0:
                sys.exit(f"{tool} on {options.ranks} ranks: {code}\n{said}")
            lengths[tool] = time.monotonic() - begun
        tools = list(everything)
        plans = [(tools[index % len(tools)], signal.SIGKILL) for index in range(options.kills)]
        plans += [("finetune", signal.SIGSTOP), ("eval", signal.SIGSTOP)]
        print("| tool | signal to rank, after | exit code, seconds later | first reason | left | again |")
        print("|---|---|---|---|---|---|")
        for index, (tool, sent) in enumerate(plans):
            case = everything[tool]
            out = folder / f"run-{index}"
            # Of the two that hang, one is the first rank.
            rank = draw.randrange(options.ranks) if sent == signal.SIGKILL else index % 2
            moment = lengths[tool] * draw.uniform(0.1, 0.9)
            code, said, printed, seconds, running, signalled = lost.run(case, out, sent, rank, moment)
            while signalled is None and moment > 0.2:
                # Too late: the run was over.
                shutil.rmtree(out)
                moment /= 2
                code, said, printed, seconds, running, signalled = lost.run(case, out, sent, rank, moment)
            left, is_whole = left_whole(case, lost, out, folder / f"reference-{tool}")
            again, said_again, told, *_ = lost.run(case, out)
            same = again == 0 and not differing(out, folder / f"reference-{tool}", case.results)
            if tool == "eval":
                same = same and figures(told) == expected[tool]
            if tool == "distill-logits":
                reference = folder / "reference-distill-logits"
                names = [str(path.relative_to(reference)) for path in reference.rglob("*") if path.is_file()]
                same = same and not differing(out, reference, names) and len(list(out.rglob("*"))) == len(
                    list(reference.rglob("*")))
            if again != 0:
                print(said_again, file=sys.stderr)
            is_over = code not in (0, "hung") or signalled is None
            succeeded = succeeded and is_over and is_whole and same and not running
            print(
                f"| {tool} | {sent.name} {rank}, {moment:.1f} s | {code}, {seconds:.1f} | "
                f"{reason(case, said + printed, signalled)[:110]} | {left}{'; STILL RUNNING ' + str(running) if running else ''} | "
                f"{'the same' if same else f'OTHERWISE ({again})'} |", flush=True)
            for pid in running.values():
                os.kill(pid, signal.SIGKILL)
            shutil.rmtree(out)
    sys.exit(0 if succeeded else 1)


if __name__ == "__main__":
    main()
