"""TensorFlow's part in measuring files: reads lines `read PREFIX`, `records FILE`, `walk FILE` and `write PREFIX`, and
answers each with seconds.

`write` is a Saver's: 470 variables of a mebibyte, with everything synced before the clock stops.
"""

import os
import sys
import time

import tensorflow as tf

TENSORS = 470
ELEMENTS = 1 << 18
RECORDS, RECORD_SIZE = 4000, 100_000


def read(prefix):
    start = time.perf_counter()
    reader = tf.train.load_checkpoint(prefix)
    for name in reader.get_variable_to_shape_map():
        reader.get_tensor(name)
    return time.perf_counter() - start


def walk(path):
    start = time.perf_counter()
    count = sum(1 for _ in tf.data.TFRecordDataset(path))
    assert count > 0
    return time.perf_counter() - start


def records(path):
    start = time.perf_counter()
    with tf.io.TFRecordWriter(path) as writer:
        for _ in range(RECORDS):
            writer.write(os.urandom(RECORD_SIZE))
    return time.perf_counter() - start


class Writer:
    """A session with variables and a Saver."""

    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            found = [tf.compat.v1.get_variable(
                f"tensor_{100000 + index}", shape=[ELEMENTS],
                initializer=tf.compat.v1.random_uniform_initializer(), use_resource=False)
                for index in range(TENSORS)]
            self.saver = tf.compat.v1.train.Saver(found)
            initial = tf.compat.v1.global_variables_initializer()
        self.session = tf.compat.v1.Session(graph=self.graph)
        self.session.run(initial)

    def write(self, prefix):
        start = time.perf_counter()
        with self.graph.as_default():
            self.saver.save(self.session, prefix, write_meta_graph=False, write_state=False)
        for place in (prefix + ".data-00000-of-00001", prefix + ".index", os.path.dirname(prefix)):
            descriptor = os.open(place, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        return time.perf_counter() - start


def main():
    writer = None
    for line in sys.stdin:
        word, path = line.rstrip("\n").split(" ", 1)
        if word == "write":
            writer = writer or Writer()
        seconds = {"read": read, "records": records, "walk": walk}[word](path) if word != "write" else writer.write(path)
        print(seconds, flush=True)


if __name__ == "__main__":
    main()
