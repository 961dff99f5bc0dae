"""Writes a network's deterministic weights as TensorFlow's own Saver writes a checkpoint."""

import argparse
import json
import pathlib

import tensorflow as tf

from .fill import fill
from .network import NETWORKS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--golden", type=pathlib.Path, required=True)
    parser.add_argument("output", type=pathlib.Path, help="folder for the checkpoint")
    options = parser.parse_args()

    golden = json.loads((options.golden / f"{NETWORKS[options.network].golden}.json").read_text())
    names = [(name, shape) for name, shape, _ in golden["variables"]]
    partial = options.output.with_name(options.output.name + ".partial")
    partial.mkdir(parents=True, exist_ok=True)
    # A Saver's own operation, given the tensors themselves: no variable is held beside them.
    tf.raw_ops.SaveV2(
        prefix=str(partial / "model.ckpt-0"), tensor_names=[name for name, _ in names],
        shape_and_slices=[""] * len(names), tensors=[tf.constant(fill(*name)) for name in names])
    (partial / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-0"\n')
    partial.rename(options.output)


if __name__ == "__main__":
    main()
