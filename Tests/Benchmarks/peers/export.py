"""Writes a network as the model files that the peers load, and checks its variables against the golden list."""

import argparse
import json
import pathlib

from .network import NETWORKS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--golden", type=pathlib.Path, required=True)
    parser.add_argument("outputs", type=pathlib.Path, nargs="+", help="model files, .pb or .onnx")
    options = parser.parse_args()

    network = NETWORKS[options.network]
    golden = json.loads((options.golden / f"{network.golden}.json").read_text())
    expected = [(name, tuple(shape)) for name, shape, _ in golden["variables"]]
    for path in options.outputs:
        if path.suffix == ".pb":
            from .tensorflow_graph import write
        else:
            from .onnx_graph import write
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        if write(network, partial) != expected:
            raise SystemExit(f"{options.network}: the variables are not the reference's")
        partial.rename(path)


if __name__ == "__main__":
    main()
