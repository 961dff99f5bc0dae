"""Writes a frozen graph as ONNX, by tf2onnx."""

import argparse
import pathlib


def main():
    import tensorflow as tf
    import tf2onnx

    parser = argparse.ArgumentParser()
    parser.add_argument("--graph", type=pathlib.Path, required=True)
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()
    definition = tf.compat.v1.GraphDef()
    definition.ParseFromString(options.graph.read_bytes())
    tf2onnx.convert.from_graph_def(
        definition, input_names=["input:0"], output_names=["logits:0"], opset=17,
        output_path=str(options.output))


if __name__ == "__main__":
    main()
