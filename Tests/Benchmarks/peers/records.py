"""Writes records of pictures like ImageNet's in size and weight, made from the small pictures of the fixtures.

Each is enlarged to about 500x400, given the fine grain that enlarging takes away, and compressed at quality 90 with
halved colour: about 100 kB a picture.
"""

import argparse
import pathlib

import numpy as np
import tensorflow as tf

SIZES = ((375, 500), (500, 375), (333, 500), (400, 500), (500, 500), (387, 516))
GRAIN = 9.0


def enlarge(encoded, size, grain):
    picture = tf.image.decode_jpeg(encoded, channels=3)
    picture = tf.image.resize(picture, size, method="bicubic")
    picture = tf.cast(tf.clip_by_value(picture + grain, 0, 255), tf.uint8)
    return tf.io.encode_jpeg(picture, quality=90, chroma_downsampling=True).numpy()


def example(encoded, label):
    features = {
        "image/encoded": tf.train.Feature(bytes_list=tf.train.BytesList(value=[encoded])),
        "image/class/label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True, help="folder of records")
    parser.add_argument("--count", type=int, default=384)
    parser.add_argument("output", type=pathlib.Path, help="folder for validation-00000-of-00001")
    options = parser.parse_args()

    files = sorted(str(path) for path in options.source.glob("validation-*"))
    random = np.random.default_rng(1)
    options.output.mkdir(parents=True, exist_ok=True)
    partial = options.output / "partial"
    total = 0
    with tf.io.TFRecordWriter(str(partial)) as writer:
        for index, record in enumerate(tf.data.TFRecordDataset(files).take(options.count)):
            features = tf.train.Example.FromString(record.numpy()).features.feature
            size = SIZES[index % len(SIZES)]
            grain = random.normal(0, GRAIN, (*size, 1)) + random.normal(0, GRAIN / 3, (*size, 3))
            encoded = enlarge(features["image/encoded"].bytes_list.value[0], size, grain)
            total += len(encoded)
            writer.write(example(encoded, features["image/class/label"].int64_list.value[0]))
    partial.rename(options.output / "validation-00000-of-00001")
    print(f"{index + 1} pictures of {total / (index + 1) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
