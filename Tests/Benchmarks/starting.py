"""How long a tool takes from its start to the first logits."""

import os
import statistics
import subprocess
import time

import files
from driver import machine
from driver.report import table


def run_start(network, options):
    """The time of a whole process that says what is on one picture: plain, and with prepared weights."""
    checkpoint = files.checkpoint(options, network)
    picture = next((options.root / "fixtures" / "pictures" / "images").glob("*.jpg"))
    command = [
        str(options.binaries / "eval"), "--model", network, "--model-dir", str(checkpoint),
        "--images", str(picture), "--threads", str(options.threads)]
    cache = ["--cache-dir", str(options.scratch / "cache")]
    variants = {
        "plain": (command, True), "first with --cache-dir": (command + cache, False),
        "again with --cache-dir": (command + cache, True)}
    times = {name: [] for name in variants}
    shares = {name: [] for name in variants}
    answers = set()
    rounds = max(options.rounds, 2)
    for turn in range(rounds):
        for name, (arguments, repeats) in variants.items():
            if turn > 0 and not repeats:
                continue
            others = machine.Interference()
            before = os.times()
            start = time.perf_counter()
            done = subprocess.run(arguments, capture_output=True, text=True, check=False)
            elapsed = time.perf_counter() - start
            after = os.times()
            if done.returncode != 0:
                return {"programs": {name: {"failure": done.stderr.strip().splitlines()[-1]}}}
            own = (after.children_user - before.children_user
                   + after.children_system - before.children_system)
            times[name].append(elapsed)
            shares[name].append(max(0.0, others.share() - own / (elapsed * machine.CORES)))
            answers.add(done.stdout)
    size = sum(file.stat().st_size for file in (options.scratch / "cache").iterdir())
    return {
        "network": network, "rounds": rounds, "cache_bytes": size, "answers_agree": len(answers) == 1,
        "programs": {
            name: {
                "median": statistics.median(values), "fastest": min(values), "slowest": max(values),
                "others": max(shares[name])}
            for name, values in times.items()},
    }


def start_table(entry):
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", result["failure"]])
            continue
        rows.append([
            name, f"{result['median']:.3f}", f"{result['fastest']:.3f}-{result['slowest']:.3f}",
            f"{result['others']:.0%}", ""])
    text = table(rows, ["start", "s", "range", "others", ""])
    if "cache_bytes" in entry:
        agree = "all answers are equal" if entry["answers_agree"] else "ANSWERS DIFFER"
        text += f"\nprepared weights: {entry['cache_bytes'] / 1e6:.0f} MB; {agree}"
    return text
