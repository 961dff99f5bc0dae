"""Networks of other families, imported from frozen graphs: pictures per second of every program that computes them right."""

import sys

import numpy as np

import files
from driver.process import Worker, WorkerFailure
from driver.rounds import alternate
from driver.selection import wanted
from networks import BFLOAT16, BFLOAT16_ERROR, OURS, compare
from peers.foreign import SIZES, pictures as draw

# The largest error of a logit over the largest logit of its row: weights at random round off more than trained ones.
FLOAT32_ERROR = 1e-4

TIMED = (
    "inception-v3", "mobilenet-v2", "efficientnet-b0", "resnet-50-v1.5", "densenet-121",
    "nasnet-mobile")
FOREIGN_WORKLOADS = {
    f"{name}-b{batch}": (name, batch) for name in TIMED for batch in (1, 16)
} | {f"{name}-b1": (name, 1) for name in ("efficientnet-b7", "amoebanet-a")}

# TensorFlow comes first: where there are no logits in float64, the others are held against its.
PEERS = {"tensorflow": "pb", "onnxruntime": "onnx", "openvino": "onnx"}


def commands(network, pictures, options):
    """The command line of every program, by name."""
    found = {}
    shape = ["--pictures", str(pictures), "--threads", str(options.threads)]
    graph = files.foreign(options, network, "pb")
    for name, kind in PEERS.items():
        if name == "tensorflow" or wanted(name, options):
            model = files.foreign(options, network, kind)
            found[name] = [
                sys.executable, "-m", "peers.foreign_worker", name, "--model", str(model),
                "--network", network, *shape]
    for math in OURS:
        if wanted(f"ours-{math}", options):
            found[f"ours-{math}"] = [
                str(options.binaries / "benchmarks"), "graph", "--graph", str(graph),
                "--image-size", str(SIZES[network]), *shape, "--math", math]
    return found


def start(network, batch, options, results):
    """The workers whose logits are right; the failures of the others are put into `results`."""
    pictures = options.scratch / "pictures"
    draw(network, batch).tofile(pictures)
    workers, expected = [], None
    if network in TIMED:
        expected = np.load(files.foreign(options, network, "npy"))[:batch]
    for name, command in commands(network, pictures, options).items():
        try:
            with open(options.scratch / f"{name}.log", "w") as log:
                worker = Worker(
                    name, command, options.here, {"TF_CPP_MIN_LOG_LEVEL": "2"}, log,
                    options.priority)
            logits = worker.result(options.scratch / "logits").reshape(batch, -1)
        except WorkerFailure as failure:
            log = (options.scratch / f"{name}.log").read_text().strip().splitlines()
            results[name] = {"failure": f"{failure} {log[-1] if log else ''}".strip()}
            continue
        expected = logits if expected is None else expected
        scale = np.abs(expected).max(axis=1, keepdims=True)
        error = float((np.abs(logits - expected) / scale).max())
        if not error <= (BFLOAT16_ERROR if name in BFLOAT16 else FLOAT32_ERROR):
            results[name] = {"failure": f"not measured: its logits differ by {error:.1e}"}
            worker.close()
            continue
        argmax = bool((logits.argmax(axis=1) == expected.argmax(axis=1)).all())
        results[name] = {"error": error, "argmax": argmax} | worker.facts
        workers.append(worker)
    return workers


def run_foreign(workload, options):
    """Measures one network at one batch size; returns what is to be reported."""
    network, batch = workload
    results = {}
    workers = start(network, batch, options, results)
    try:
        measurements = alternate(
            workers, options.rounds, 0.0 if options.quick else 0.7, options.patience,
            lambda text: print(f"  {text}", file=sys.stderr), options.priority)
        for worker in workers:
            results[worker.name]["peak_bytes"] = worker.peak_memory()
    finally:
        for worker in workers:
            worker.close()
    for name, measurement in measurements.items():
        results[name] |= measurement.summary(options.rounds)
    compare(results)
    return {
        "network": network, "image_size": SIZES[network], "batch": batch,
        "rounds": options.rounds, "programs": results,
    }
