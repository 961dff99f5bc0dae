"""Runs what a network was exported to by one runtime, and writes the logits (float32)."""

import argparse
import pathlib

import numpy as np

from .foreign import SIZES
from .programs import PROGRAMS


class FrozenGraph(PROGRAMS["tensorflow"]):
    """TensorFlow with a frozen graph of ours, which ends where the imported one does."""

    output = "Identity:0"


class SavedModel:
    """TensorFlow, as it serves a SavedModel."""

    layout = "NHWC"

    def __init__(self, path, shape, threads):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        self.model = tf.saved_model.load(str(path))  # its variables live as long as it does
        self.call = self.model.signatures["serving_default"]
        self.input = next(iter(self.call.structured_input_signature[1]))
        self.constant = tf.constant

    def run(self, pictures):
        return next(iter(self.call(**{self.input: self.constant(pictures)}).values())).numpy()


RUNTIMES = PROGRAMS | {"frozen-graph": FrozenGraph, "saved-model": SavedModel}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runtime", choices=RUNTIMES)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--network", choices=SIZES, required=True)
    parser.add_argument("--pictures", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()

    size = SIZES[options.network]
    pictures = np.fromfile(options.pictures, "<f4").reshape(-1, size, size, 3)
    program = RUNTIMES[options.runtime]
    if program.layout == "NCHW":
        pictures = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    runtime = program(options.model, pictures.shape, options.threads)
    runtime.run(pictures).astype("<f4").tofile(options.output)


if __name__ == "__main__":
    main()
