"""TensorFlow's picture pipeline, as the published code has it, and as a worker: records to normalised pictures.

The pipeline is that of TensorFlow 2.15 and of 1.14.
"""

import argparse
import pathlib
import time

import numpy as np
import tensorflow as tf

from .worker import serve

MEANS = (123.68, 116.78, 103.94)


def labelled(paths):
    """The JPEGs and labels of record files, in order."""
    jpegs, labels = [], []
    for path in paths:
        for record in tf.compat.v1.io.tf_record_iterator(str(path)):
            feature = tf.train.Example.FromString(record).features.feature
            jpegs.append(feature["image/encoded"].bytes_list.value[0])
            labels.append(feature["image/class/label"].int64_list.value[0])
    return jpegs, np.array(labels, np.int32)


def decode(jpeg):
    return tf.image.decode_jpeg(jpeg, channels=3, dct_method="INTEGER_ACCURATE")


def resize(picture, size):
    return tf.compat.v1.image.resize_bilinear(picture[None], size)[0]


def prepare(jpeg, size, shorter):
    """The evaluation preprocessing of one picture: decode, resize the whole, cut the middle, subtract the means."""
    picture = decode(jpeg)
    extent = tf.cast(tf.shape(picture)[:2], tf.float32)
    scale = tf.cast(shorter, tf.float32) / tf.reduce_min(extent)
    target = tf.cast(extent * scale, tf.int32)
    picture = resize(picture, target)
    start = (target - size) // 2
    picture = tf.slice(picture, (start[0], start[1], 0), (size, size, 3))
    return picture - tf.constant(MEANS)


def prepare_record(record, size, shorter):
    """The same of one record."""
    feature = tf.io.parse_single_example(
        record, {"image/encoded": tf.io.FixedLenFeature((), tf.string)})
    return prepare(feature["image/encoded"], size, shorter)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--shorter", type=int, default=292)
    options = parser.parse_args()

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    files = sorted(str(path) for path in options.records.glob("validation-*"))
    data = tf.data.TFRecordDataset(files).map(
        lambda record: prepare_record(record, options.size, options.shorter),
        num_parallel_calls=options.threads if options.threads > 1 else None)
    data = data.batch(64)
    settings = tf.data.Options()
    settings.threading.private_threadpool_size = options.threads
    settings.threading.max_intra_op_parallelism = 1
    data = data.with_options(settings)

    last, count = None, 0

    def run():
        nonlocal last, count
        count = 0
        for last in data:
            count += len(last)

    start = time.perf_counter()
    run()
    serve(
        {"version": tf.__version__, "pictures": count, "first": time.perf_counter() - start}, run,
        lambda path: last.numpy().astype("<f4").tofile(path))


if __name__ == "__main__":
    main()
