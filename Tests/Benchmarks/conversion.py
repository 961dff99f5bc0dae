"""Measures the conversion of a checkpoint to every format: seconds and peak memory, beside tf2onnx and a NumPy script.

usage: conversion.py CHECKPOINT [FLAG...]

CHECKPOINT is a prefix such as `python -m peers.checkpoint` writes (470 MB: --network assemble-resnet-152); the flags are `convert`'s
for the network. REASSEMBLE_BIN is the folder of the tools. tf2onnx, where it is installed, is given a frozen graph of ours.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

NUMPY = """
import sys, numpy as np, tensorflow as tf
from safetensors.numpy import save_file
reader = tf.train.load_checkpoint(sys.argv[1])
save_file({name: np.ascontiguousarray(reader.get_tensor(name)) for name in reader.get_variable_to_shape_map()}, sys.argv[2])
"""


def measure(command):
    """Seconds of a process and its largest resident memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command}\n{errors.decode()}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main():
    source, flags = sys.argv[1], sys.argv[2:]
    convert = str(pathlib.Path(os.environ["REASSEMBLE_BIN"]) / "convert")
    size = sum(path.stat().st_size for path in pathlib.Path(source).parent.glob(pathlib.Path(source).name + ".data-*"))
    print(f"{source}: {size / 1e6:.0f} MB\n{'to':30} {'seconds':>8} {'peak MB':>8} {'of file':>8}")

    def line(name, command):
        seconds, peak = measure(command)
        print(f"{name:30} {seconds:8.2f} {peak / 1e6:8.0f} {peak / size:7.2f}x", flush=True)

    with tempfile.TemporaryDirectory(dir=pathlib.Path(source).parent) as folder:
        for name in ["tf", "safetensors", "npz", "onnx", "torch"]:
            for proof in [["--no-verify"], []]:
                target = f"{folder}/{name}-{len(proof)}" + ("" if name == "tf" else ".py" if name == "torch" else f".{name}")
                given = [*flags, *(["--no-meta"] if name == "tf" else [])]
                line(name + (" without proof" if proof else ", proved"),
                     [convert, source, "--to", name, "-o", target, *given, *proof])
        line("NumPy script, safetensors", [sys.executable, "-c", NUMPY, source, f"{folder}/numpy.safetensors"])
        if importable("tf2onnx"):
            subprocess.run([convert, source, "--to", "frozen", "-o", f"{folder}/frozen.pb", "--no-verify", *flags], check=True,
                           capture_output=True)
            line("tf2onnx", [sys.executable, "-m", "tf2onnx.convert", "--graphdef", f"{folder}/frozen.pb", "--inputs",
                             "input_tensor:0", "--outputs", "softmax_tensor:0", "--opset", "17", "--output",
                             f"{folder}/theirs.onnx"])


def importable(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


main()
