"""Conversion of a checkpoint to every format, as whole processes: seconds and peak memory.

Beside them stand tf2onnx, which is given a frozen graph of ours, and a NumPy script that writes safetensors. Files go to the
folder of the checkpoint's disk, and each is deleted before the next is written.
"""

import importlib.util
import shutil
import statistics
import sys
import tempfile

import files
from driver.process import WorkerFailure
from driver.report import table
from formats import process

CONVERSION_WORKLOADS = {"convert-152": "assemble-resnet-152"}

# What each format's target is called.
TARGETS = {"tf": "model.ckpt", "safetensors": "a.safetensors", "npz": "a.npz", "onnx": "a.onnx", "torch": "a.py",
           "saved-model": "exported", "frozen": "a.pb"}

NUMPY = """
import sys, numpy as np, tensorflow as tf
from safetensors.numpy import save_file
reader = tf.train.load_checkpoint(sys.argv[1])
save_file({name: np.ascontiguousarray(reader.get_tensor(name)) for name in reader.get_variable_to_shape_map()}, sys.argv[2])
"""


def programs(options, network, source):
    """Each conversion by its name: a function from a folder to a command."""
    convert = str(options.binaries / "convert")

    def ours(kind, *proof):
        return lambda folder: [convert, source, "--to", kind, "-o", f"{folder}/{TARGETS[kind]}", "--model", network, *proof]

    found = {}
    for kind in TARGETS:
        found[kind] = ours(kind, "--no-verify")
        found[f"{kind}, proved"] = ours(kind)
    if importlib.util.find_spec("safetensors"):
        found["NumPy script, safetensors"] = lambda folder: [sys.executable, "-c", NUMPY, source, f"{folder}/numpy.safetensors"]
    if importlib.util.find_spec("tf2onnx"):
        frozen = str(options.scratch / "frozen.pb")
        process(convert, source, "--to", "frozen", "-o", frozen, "--model", network, "--no-verify", "--force")
        found["tf2onnx, onnx"] = lambda folder: [
            sys.executable, "-m", "tf2onnx.convert", "--graphdef", frozen, "--inputs", "input_tensor:0", "--outputs",
            "softmax_tensor:0", "--opset", "17", "--output", f"{folder}/theirs.onnx"]
    return found


def run_conversion(network, options):
    """All conversions in turn, round by round."""
    prefix = files.checkpoint(options, network) / "model.ckpt-0"
    size = sum(path.stat().st_size for path in prefix.parent.glob(f"{prefix.name}.data-*"))
    samples, failures = {}, {}
    try:
        found = programs(options, network, str(prefix))
    except WorkerFailure as failure:
        return {"programs": {"frozen": {"failure": str(failure)}}}
    for _ in range(options.rounds):
        for name, command in found.items():
            if name in failures or not name.startswith(tuple(filter(None, options.programs.split(","))) or ""):
                continue
            folder = tempfile.mkdtemp(dir=options.scratch)
            try:
                samples.setdefault(name, []).append(process(*command(folder)))
            except WorkerFailure as failure:
                failures[name] = {"failure": str(failure)}
            shutil.rmtree(folder)
    measured = {name: summary(turns) for name, turns in samples.items()}
    return {"bytes": size, "rounds": options.rounds, "programs": measured | failures}


def summary(turns):
    """What several runs of one process took."""
    seconds = [turn[0] for turn in turns]
    return {"median": statistics.median(seconds), "fastest": min(seconds), "slowest": max(seconds),
            "peak_bytes": max(turn[1] for turn in turns)}


def rows_of(entry, note=lambda result: ""):
    """A row for each program: what `summary` found, and a note."""
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", "-", result["failure"]])
            continue
        peak = result["peak_bytes"]
        rows.append([name, f"{result['median']:.2f}", f"{result['fastest']:.2f}-{result['slowest']:.2f}",
                     f"{peak / 1e6:.0f}", f"{peak / entry['bytes']:.2f}x", note(result)])
    return rows


def conversion_table(entry):
    return table(rows_of(entry), ["to", "s", "range", "MB", "of file", ""])
