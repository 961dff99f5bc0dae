"""Whole training steps: pictures per second and peak memory of every program."""

import math
import sys

from driver.process import Worker, WorkerFailure
from driver.report import table
from driver.rounds import alternate
from driver.selection import wanted

IMAGE_SIZE = 224

TRAINING_WORKLOADS = {
    "train-vanilla-50-b16": ("resnet-50", 16),
    "train-assemble-50-b16": ("assemble-resnet-50", 16),
}

OURS = {
    "ours-exact": ["--math", "exact"],
    "ours-fast": [],
    "ours-fast-checkpointed": ["--checkpoint-activations"],
    "ours-bf16": ["--math", "bf16"],
}
# Who computes in bfloat16 is compared with the best of all, the others with float32.
BFLOAT16 = ("torch-bf16", "ours-bf16")


def commands(network, batch, options):
    """The command line of every program, by name."""
    shape = ["--network", network, "--batch", str(batch), "--image-size", str(IMAGE_SIZE),
             "--threads", str(options.threads)]
    peers = ["tensorflow"]
    # PyTorch's has ResNet-50 only.
    if network == "resnet-50":
        peers += ["torch", "torch-bf16"]
    found = {
        name: [sys.executable, "-m", "peers.training", name, *shape] for name in peers}
    for name, arguments in OURS.items():
        found[name] = [str(options.binaries / "benchmarks"), "training", *shape, *arguments]
    return {name: command for name, command in found.items() if wanted(name, options)}


def run_training(workload, options):
    """Measures the training of one network; returns what is to be reported."""
    network, batch = workload
    results, workers = {}, []
    try:
        for name, command in commands(network, batch, options).items():
            with open(options.scratch / f"{name}.log", "w") as log:
                try:
                    worker = Worker(
                        name, command, options.here, {"TF_CPP_MIN_LOG_LEVEL": "2"}, log,
                        options.priority)
                except WorkerFailure as failure:
                    results[name] = {"failure": str(failure)}
                    continue
            results[name] = dict(worker.facts)
            workers.append(worker)
        measurements = alternate(
            workers, options.rounds, 0.0, options.patience,
            lambda text: print(f"  {text}", file=sys.stderr), options.priority)
        for worker in workers:
            results[worker.name] |= measurements[worker.name].summary(options.rounds)
            loss = float(worker.result(options.scratch / "loss")[0])
            if not math.isfinite(loss):
                results[worker.name] = {"failure": f"its loss is {loss}"}
            results[worker.name]["memory"] = worker.peak_memory()
    finally:
        for worker in workers:
            worker.close()
    compare(results)
    return {
        "network": network, "image_size": IMAGE_SIZE, "batch": batch, "rounds": options.rounds,
        "programs": results,
    }


def compare(results):
    """How many times as fast as the best peer each is."""
    medians = {name: result["median"] for name, result in results.items() if "median" in result}
    for name, median in medians.items():
        rivals = [
            other for peer, other in medians.items() if not peer.startswith("ours")
            and (name in BFLOAT16 or peer not in BFLOAT16)]
        if rivals:
            results[name]["ratio"] = min(rivals) / median


def training_table(entry):
    """The programs that trained one network, the peers first."""
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", "-", result["failure"]])
            continue
        batch = entry["batch"]
        rows.append([
            name,
            f"{batch / result['median']:.2f}",
            f"{batch / result['slowest']:.2f}-{batch / result['fastest']:.2f}",
            f"{result['ratio']:.2f}" if "ratio" in result else "-",
            f"{result['memory'] / 1e9:.2f} GB",
            f"{result['others']:.0%}",
        ])
    return table(rows, ["program", "img/s", "range", "x peer", "memory", "others"])
