"""Pictures on their way to the network: decoding by itself, and evaluation from end to end."""

import sys

import numpy as np

import files
from driver.process import Worker, WorkerFailure
from driver.report import table
from driver.rounds import alternate

# Decoded pictures equal TensorFlow's to the bit; what is left is the order of float operations.
PIXEL_ERROR = 1e-3


def start(name, command, options):
    log = open(options.scratch / f"{name}.log", "w")
    try:
        return Worker(
            name, command, options.here, {"TF_CPP_MIN_LOG_LEVEL": "2"}, log, options.priority)
    except WorkerFailure as failure:
        text = (options.scratch / f"{name}.log").read_text().strip().splitlines()
        raise WorkerFailure(f"{failure} {text[-1] if text else ''}".strip()) from None


def measure(workers, counts, options):
    """Pictures a second of each worker, which does `counts` of them in a run."""
    try:
        measurements = alternate(
            workers, options.rounds, 0.0 if options.quick else 0.7, options.patience,
            lambda text: print(f"  {text}", file=sys.stderr), options.priority)
    finally:
        for worker in workers:
            worker.close()
    results = {}
    for name, measurement in measurements.items():
        result = measurement.summary(options.rounds)
        if "median" in result:
            result["speed"] = counts[name] / result["median"]
        results[name] = result
    return results


def run_decoding(_, options):
    """Decode, resize, crop and normalise, on one thread, beside TensorFlow's pipeline."""
    records = files.records(options)
    workers = [
        start("tensorflow", [
            sys.executable, "-m", "peers.pictures", "--records", str(records), "--threads", "1",
        ], options),
        start("ours", [
            str(options.binaries / "benchmarks"), "pictures", "--records", str(records),
            "--preprocessing", "imagenet_224_256", "--threads", "1",
        ], options),
    ]
    theirs, ours = (worker.result(options.scratch / "pictures") for worker in workers)
    error = float(np.abs(theirs - ours[:len(theirs)]).max())
    if not error <= PIXEL_ERROR:
        for worker in workers:
            worker.close()
        return {"programs": {"ours": {"failure": f"its pictures differ by {error:.1e}"}}}
    results = measure(workers, {worker.name: worker.facts["pictures"] for worker in workers}, options)
    if all("speed" in result for result in results.values()):
        results["ours"]["ratio"] = results["ours"]["speed"] / results["tensorflow"]["speed"]
    return {"error": error, "rounds": options.rounds, "programs": results}


def run_evaluation(network, options):
    """Records in, logits out, beside the network alone and the decoder alone on the same threads."""
    records = files.records(options)
    program = str(options.binaries / "benchmarks")
    threads = ["--threads", str(options.threads)]
    shape = ["--network", network, "--batch", "16", *threads]
    workers = [
        start("network", [program, "network", *shape], options),
        start("decoder", [program, "pictures", "--records", str(records), *threads], options),
        start("evaluation", [
            program, "evaluation", *shape, "--records", str(records), "--limit", "64"], options),
    ]
    counts = {
        "network": 16, "decoder": workers[1].facts["pictures"],
        "evaluation": workers[2].facts["pictures"]}
    results = measure(workers, counts, options)
    if all("speed" in result for result in results.values()):
        bound = min(results["network"]["speed"], results["decoder"]["speed"])
        results["evaluation"]["ratio"] = results["evaluation"]["speed"] / bound
    return {"network": network, "rounds": options.rounds, "programs": results}


def speed_table(entry):
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", result["failure"]])
            continue
        rows.append([
            name, f"{result['speed']:.1f}",
            f"{result['ratio']:.2f}" if "ratio" in result else "-", f"{result['others']:.0%}", ""])
    return table(rows, ["program", "img/s", "x", "others", ""])
