"""Whole networks: pictures per second of every program that computes them right."""

import sys

import numpy as np

import files
from driver.process import Worker, WorkerFailure
from driver.report import table
from driver.rounds import alternate
from driver.selection import wanted
from peers.network import NETWORKS

# The largest error of a logit over the largest logit of its row.
FLOAT32_ERROR = 1e-5
BFLOAT16_ERROR = 5e-2

NETWORK_WORKLOADS = {
    "vanilla-50-b1": ("resnet-50", 1),
    "vanilla-50-b16": ("resnet-50", 16),
    "assemble-50-b1": ("assemble-resnet-50", 1),
    "assemble-50-b16": ("assemble-resnet-50", 16),
    "assemble-152-b8": ("assemble-resnet-152", 8),
}

PEERS = {
    "tensorflow": "pb",
    "onnxruntime": "onnx",
    "openvino": "onnx",
    "openvino-bf16": "onnx",
}
OURS = ("exact", "fast", "bf16", "mixed")
BFLOAT16 = ("openvino-bf16", "ours-bf16", "ours-mixed")


def commands(network, batch, options):
    """The command line of every program, by name."""
    shape = ["--network", network, "--batch", str(batch), "--threads", str(options.threads)]
    found = {}
    for name, kind in PEERS.items():
        if wanted(name, options):
            model = files.model(options, network, kind)
            found[name] = [
                sys.executable, "-m", "peers.worker", name, "--model", str(model), *shape]
    for math in OURS:
        if wanted(f"ours-{math}", options):
            found[f"ours-{math}"] = [
                str(options.binaries / "benchmarks"), "network", *shape, "--math", math]
    return found


def check(worker, network, batch, options):
    """The error of a program's logits against the golden ones, and whether its first choice is theirs."""
    golden = np.load(
        options.root / "fixtures" / "graphs" / f"{NETWORKS[network].golden}.logits.npy")
    expected = golden[np.arange(batch) % 2]
    found = worker.result(options.scratch / "logits").reshape(batch, -1)
    scale = np.abs(expected).max(axis=1, keepdims=True)
    error = float((np.abs(found - expected) / scale).max())
    return error, bool((found.argmax(axis=1) == expected.argmax(axis=1)).all())


def start(network, batch, options, results):
    """The workers whose logits are right; the failures of the others are put into `results`."""
    workers = []
    for name, command in commands(network, batch, options).items():
        try:
            with open(options.scratch / f"{name}.log", "w") as log:
                worker = Worker(
                    name, command, options.here, {"TF_CPP_MIN_LOG_LEVEL": "2"}, log,
                    options.priority)
            error, argmax = check(worker, network, batch, options)
        except WorkerFailure as failure:
            log = (options.scratch / f"{name}.log").read_text().strip().splitlines()
            results[name] = {"failure": f"{failure} {log[-1] if log else ''}".strip()}
            continue
        limit = BFLOAT16_ERROR if name in BFLOAT16 else FLOAT32_ERROR
        if not error <= limit:
            results[name] = {"failure": f"not measured: its logits differ by {error:.1e}"}
            worker.close()
            continue
        results[name] = {"error": error, "argmax": argmax} | worker.facts
        workers.append(worker)
    return workers


def run_network(workload, options):
    """Measures one network at one batch size; returns what is to be reported."""
    network, batch = workload
    results = {}
    workers = start(network, batch, options, results)
    try:
        measurements = alternate(
            workers, options.rounds, 0.0 if options.quick else 0.7, options.patience,
            lambda text: print(f"  {text}", file=sys.stderr), options.priority)
    finally:
        for worker in workers:
            worker.close()
    for name, measurement in measurements.items():
        results[name] |= measurement.summary(options.rounds)
    compare(results)
    return {
        "network": network, "image_size": NETWORKS[network].image_size, "batch": batch,
        "rounds": options.rounds, "programs": results,
    }


def network_table(entry):
    """The programs that ran one network, the peers first."""
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", "-", "-", "-", result["failure"]])
            continue
        batch = entry["batch"]
        rows.append([
            name,
            f"{batch / result['median']:.2f}",
            f"{batch / result['slowest']:.2f}-{batch / result['fastest']:.2f}",
            f"{result['median'] * 1e3:.1f}",
            f"{result['ratio']:.2f}" if "ratio" in result else "-",
            f"{result['error']:.1e}",
            f"{result['others']:.0%}",
            "" if result["argmax"] else "argmax differs",
        ])
    return table(
        rows, ["program", "img/s", "range", "ms", "x peer", "error", "others", ""])


def compare(results):
    """How many times as fast as the best peer each is: float32 against float32, bfloat16 against all."""
    def best(names):
        return min(
            (results[name]["median"] for name in names if "median" in results.get(name, {})),
            default=None)

    for name, result in results.items():
        rivals = [peer for peer in PEERS if name in BFLOAT16 or peer not in BFLOAT16]
        peer = best(rivals)
        if peer and "median" in result:
            result["ratio"] = peer / result["median"]
