"""A peer that runs the frozen graph of a network of another family, or what tf2onnx makes of it; see worker.py."""

import argparse
import pathlib

import numpy as np

from .foreign import SIZES
from .programs import PROGRAMS
from .worker import serve_peer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--network", choices=SIZES, required=True)
    parser.add_argument("--pictures", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    size = SIZES[options.network]
    pictures = np.fromfile(options.pictures, "<f4").reshape(-1, size, size, 3)
    serve_peer(PROGRAMS[options.program], options.model, pictures, options.threads)


if __name__ == "__main__":
    main()
