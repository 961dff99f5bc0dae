"""A machine that is shared: what throughput is left beside programs that compute without end."""

import argparse
import os
import subprocess
import sys

from driver.report import table
from driver.rounds import alternate
from networks import start
from peers.network import NETWORKS

# Competing threads on each core.
LOADS = (0, 1, 2)

BUSY_WORKLOADS = {
    "busy-assemble-50-b1": ("assemble-resnet-50", 1),
    "busy-assemble-50-b16": ("assemble-resnet-50", 16),
    "busy-vanilla-50-b1": ("resnet-50", 1),
    "busy-vanilla-50-b16": ("resnet-50", 16),
}

# The programs that serve beside others; more are measured where --programs names them.
SERVERS = "onnxruntime,openvino,ours-fast"


class BusyLoops:
    """So many processes on each core that this one may use, each of which adds up numbers without end."""

    def __init__(self, count):
        self.processes = []
        for core in sorted(os.sched_getaffinity(0)):
            for _ in range(count):
                self.processes.append(subprocess.Popen(
                    [sys.executable, "-c", "while True: pass"],
                    preexec_fn=lambda core=core: os.sched_setaffinity(0, [core])))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def run_busy(workload, options):
    """Measures one network beside each number of busy loops; these go on while the programs take turns."""
    network, batch = workload
    options = argparse.Namespace(**vars(options))
    options.programs = options.programs or SERVERS
    # Programs that go before the loops would not feel them.
    options.priority = False
    results = {}
    workers = start(network, batch, options, results)
    found = {worker.name: [] for worker in workers}
    try:
        for load in LOADS:
            with BusyLoops(load):
                measurements = alternate(
                    workers, options.rounds, 0.0 if options.quick else 1.0,
                    0 if load else options.patience, lambda text: print(f"  {text}", file=sys.stderr))
            for name, measurement in measurements.items():
                found[name].append(measurement.summary(options.rounds))
    finally:
        for worker in workers:
            worker.close()
    for name, loads in found.items():
        failure = next((load["failure"] for load in loads if "failure" in load), None)
        results[name] |= {"failure": failure} if failure else {"loads": loads}
    return {
        "network": network, "image_size": NETWORKS[network].image_size, "batch": batch,
        "rounds": options.rounds, "cores": len(os.sched_getaffinity(0)), "programs": results,
    }


def busy_table(entry):
    """Pictures a second by load, and the share of those on the quiet machine."""
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name] + ["-"] * 5 + [result["failure"]])
            continue
        speeds = [entry["batch"] / load["median"] for load in result["loads"]]
        row = [name, f"{speeds[0]:.2f}"]
        for speed in speeds[1:]:
            row += [f"{speed:.2f}", f"{speed / speeds[0]:.0%}"]
        rows.append(row + [""])
    titles = ["program", "img/s quiet"]
    for load in LOADS[1:]:
        titles += [f"{load} a core", "of quiet"]
    return table(rows, titles + [""])
