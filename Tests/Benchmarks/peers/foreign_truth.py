"""Writes the logits of a network of another family in float64, which every program is held against."""

import argparse
import pathlib

import numpy as np

from .foreign import SIZES, build, pictures, settled

BATCH = 16


def main():
    import tensorflow as tf

    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=SIZES, required=True)
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()
    weights = settled(options.network, tf.keras).get_weights()
    tf.keras.backend.set_floatx("float64")
    model = build(options.network, tf.keras)
    model.set_weights([values.astype(np.float64) for values in weights])
    batch = pictures(options.network, BATCH).astype(np.float64)
    np.save(options.output, np.concatenate(
        [model(batch[i:i + 2], training=False).numpy() for i in range(0, BATCH, 2)]))


if __name__ == "__main__":
    main()
