"""What workloads need on disk; each is made once, in .venv-bench, by the scripts of `peers`."""

import os
import subprocess
import sys


def make(options, path, module, *arguments):
    """Has a script of `peers` write a file or folder, unless it is there and newer than all of them."""
    scripts = max(file.stat().st_mtime for file in (options.here / "peers").glob("*.py"))
    if not path.exists() or path.stat().st_mtime < scripts:
        if path.is_dir():
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", f"peers.{module}", *map(str, arguments), str(path)],
            cwd=options.here, check=True, stdout=sys.stderr,
            env=dict(os.environ) | {"TF_CPP_MIN_LOG_LEVEL": "3"})
    return path


def model(options, network, kind):
    """A network as the file that a peer loads: pb or onnx."""
    return make(
        options, options.root / ".venv-bench" / "models" / f"{network}.{kind}", "export",
        "--network", network, "--golden", options.root / "fixtures" / "graphs")


def foreign(options, network, kind):
    """A network of another family as a frozen graph (pb), as tf2onnx's model of it (onnx), or its logits in float64 (npy)."""
    folder = options.root / ".venv-bench" / "models"
    graph = make(options, folder / f"{network}.pb", "foreign", "--network", network)
    if kind == "pb":
        return graph
    if kind == "npy":
        return make(options, folder / f"{network}.npy", "foreign_truth", "--network", network)
    return make(options, folder / f"{network}.{kind}", "foreign_onnx", "--graph", graph)


def records(options):
    """A folder of records of pictures of about 500x400."""
    return make(
        options, options.root / ".venv-bench" / "records", "records",
        "--source", options.root / "fixtures" / "tiny" / "data")


def checkpoint(options, network):
    """A folder with a checkpoint as TensorFlow's Saver writes it."""
    return make(
        options, options.root / ".venv-bench" / "models" / f"{network}-checkpoint", "checkpoint",
        "--network", network, "--golden", options.root / "fixtures" / "graphs")
