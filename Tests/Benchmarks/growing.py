"""What a network costs in memory, and how its time grows with threads and batch."""

import sys

import files
from driver.report import table
from feeding import measure, start
from networks import PEERS

BATCHES = (1, 2, 4, 8, 16, 32, 64)


def run_memory(network, options):
    """The largest resident size of processes that ran a batch of 16 three times."""
    batch = 16
    shape = ["--network", network, "--batch", str(batch), "--threads", str(options.threads)]
    programs = {
        f"ours-{math}": [str(options.binaries / "benchmarks"), "network", *shape, "--math", math]
        for math in ("exact", "fast")}
    for peer in ("tensorflow", "onnxruntime", "openvino"):
        model = files.model(options, network, PEERS[peer])
        programs[peer] = [
            sys.executable, "-m", "peers.worker", peer, "--model", str(model), *shape]
    results = {}
    for name, command in programs.items():
        worker = start(name, command, options)
        try:
            worker.run(2)
            results[name] = {"bytes": worker.peak_memory()}
        finally:
            worker.close()
    for name, result in results.items():
        result["ratio"] = result["bytes"] / results["openvino"]["bytes"]
    return {"network": network, "batch": batch, "programs": results}


def memory_table(entry):
    rows = [
        [name, f"{result['bytes'] / 1e6:.0f}", f"{result['ratio']:.2f}"]
        for name, result in entry["programs"].items()]
    return table(rows, ["program", "peak MB", "x OpenVINO"])


def run_growth(network, options):
    """Pictures a second for batches 1 to 64, on one thread and on all."""
    results = {}
    for batch in BATCHES:
        workers = [
            start(f"{batch} x{threads}", [
                str(options.binaries / "benchmarks"), "network", "--network", network,
                "--batch", str(batch), "--threads", str(threads)], options)
            for threads in (1, options.threads)]
        results |= measure(workers, {worker.name: batch for worker in workers}, options)
    return {"network": network, "rounds": options.rounds, "programs": results}


def growth_table(entry):
    found = entry["programs"]
    rows = []
    for name, result in found.items():
        if "speed" not in result:
            rows.append([name, "-", "-", "-"])
            continue
        alone = found[name.split(" x")[0] + " x1"].get("speed")
        first = found["1 x" + name.split(" x")[1]].get("speed")
        rows.append([
            name, f"{result['speed']:.2f}",
            f"{result['speed'] / alone:.2f}" if alone else "-",
            f"{result['speed'] / first:.2f}" if first else "-"])
    return table(rows, ["batch x threads", "img/s", "x one thread", "x batch 1"])
