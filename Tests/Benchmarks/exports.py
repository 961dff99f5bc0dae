"""Exports of networks of other families at full size: seconds and peak memory of each, beside tf2onnx, and how far what other
runtimes compute with them is from the network in float64, beside TensorFlow with the graph that was exported.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile

import numpy as np

import files
from conversion import rows_of, summary
from driver.process import WorkerFailure
from driver.report import table
from driver.selection import wanted
from foreign import TIMED
from formats import process
from peers.foreign import pictures as draw

EXPORT_WORKLOADS = {f"export-{name}": name for name in TIMED}

# What is written, and who loads it.
TARGETS = {
    "onnx": ("a.onnx", ("onnxruntime", "openvino")), "frozen": ("a.pb", ("frozen-graph",)),
    "saved-model": ("exported", ("saved-model",))}
PICTURES = 2


def commands(network, options):
    """Each export by its name: a function from a folder to a command."""
    convert, graph = str(options.binaries / "convert"), str(files.foreign(options, network, "pb"))

    def ours(kind, *proof):
        return lambda folder: [convert, graph, "--to", kind, "-o", f"{folder}/{TARGETS[kind][0]}", *proof]

    found = {}
    for kind in TARGETS:
        found[kind] = ours(kind, "--no-verify")
        found[f"{kind}, proved"] = ours(kind)
    if importlib.util.find_spec("tf2onnx"):
        found["tf2onnx, onnx"] = lambda folder: [
            sys.executable, "-m", "tf2onnx.convert", "--graphdef", graph, "--inputs", "input:0", "--outputs",
            "logits:0", "--opset", "17", "--output", f"{folder}/theirs.onnx"]
    return {name: command for name, command in found.items() if wanted(name, options)}


def logits(runtime, model, network, options):
    """What a runtime computes with a file, a row for each picture."""
    output = options.scratch / "logits"
    done = subprocess.run(
        [sys.executable, "-m", "peers.exported", runtime, "--model", str(model), "--network", network, "--pictures",
         str(options.scratch / "pictures"), "--threads", str(options.threads), str(output)],
        cwd=options.here, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise WorkerFailure(f"{runtime}: {(done.stderr.strip().splitlines() or ['it failed'])[-1]}")
    return np.fromfile(output, "<f4").reshape(PICTURES, -1)


def run_export(network, options):
    """All exports in turn, round by round; those of the first round are computed with."""
    graph = files.foreign(options, network, "pb")
    draw(network, PICTURES).tofile(options.scratch / "pictures")
    expected = np.load(files.foreign(options, network, "npy"))[:PICTURES]
    scale = np.abs(expected).max(axis=1, keepdims=True)

    def error(runtime, model):
        return float((np.abs(logits(runtime, model, network, options) - expected) / scale).max())

    samples, results = {}, {}
    for turn in range(options.rounds):
        for name, command in commands(network, options).items():
            if "failure" in results.setdefault(name, {}):
                continue
            folder = tempfile.mkdtemp(dir=options.scratch)
            try:
                samples.setdefault(name, []).append(process(*command(folder)))
                target, runtimes = TARGETS.get(name, ("", ()))
                for runtime in runtimes if turn == 0 else ():
                    results[name][runtime] = error(runtime, f"{folder}/{target}")
            except WorkerFailure as failure:
                results[name] = {"failure": str(failure)}
            shutil.rmtree(folder)
    for name, result in results.items():
        if "failure" not in result:
            result |= summary(samples[name])
    return {"bytes": graph.stat().st_size, "tensorflow": error("tensorflow", graph), "rounds": options.rounds, "programs": results}


def export_table(entry):
    def errors(result):
        runtimes = [runtime for _, names in TARGETS.values() for runtime in names if runtime in result]
        return ", ".join(f"{runtime} {result[runtime]:.1e}" for runtime in runtimes)

    rows = rows_of(entry, errors)
    rows.append(["the graph itself", "", "", f"{entry['bytes'] / 1e6:.0f}", "", f"tensorflow {entry['tensorflow']:.1e}"])
    return table(rows, ["to", "s", "range", "MB", "of file", "from float64"])
