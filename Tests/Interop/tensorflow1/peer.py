"""TensorFlow 1.14's side of formats.py: peer.py write FOLDER, then peer.py check FOLDER; run by CPython 3.7.

`write` saves checkpoints and records. `check` reads what was made of them, and what was written from nothing; it prints a
line for each comparison and exits with 1 if one fails.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import gen_io_ops

tf.compat.v1.logging.set_verbosity("ERROR")

NAMES = ("float32", "float64", "int32", "uint8", "int16", "int8", "int64", "bool", "float16", "bfloat16", "complex64",
         "complex128", "uint16")
RECORDS = [bytes((7 * i + j) % 256 for j in range(n)) for i, n in enumerate([0, 1, 17, 1000, 70000])]
TABLE = np.arange(40, dtype=np.float32).reshape(10, 4)


def values():
    """The tensors of the V2 checkpoint that is saved without variables."""
    found = {"dtype/" + name: tf.cast(tf.constant(np.arange(15).reshape(3, 5)), name) for name in NAMES}
    found["strings"] = tf.constant([["a", ""], ["n\u00e9", "x" * 1000]])
    found["empty"] = tf.zeros([0, 3])
    return found


def part_of_table(shape, dtype=None, partition_info=None):
    start = partition_info.var_offset[0]
    return tf.constant(TABLE[start:start + shape[0]])


def variables():
    tf.compat.v1.get_variable("conv/kernel", initializer=np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    tf.compat.v1.get_variable("global_step", initializer=np.int64(7), trainable=False)
    # The first by name, so that its bytes come first: a copy is written in the order in which tensors lie.
    tf.compat.v1.get_variable("all/table", initializer=part_of_table, shape=TABLE.shape,
                              partitioner=tf.compat.v1.fixed_size_partitioner(3))


def write(folder):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        found = values()
        session.run(gen_io_ops.save_v2(
            os.path.join(folder, "types"), list(found), [""] * len(found), list(found.values())))
    for version in (1, 2):
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            variables()
            session.run(tf.compat.v1.global_variables_initializer())
            saver = tf.compat.v1.train.Saver(write_version=version)
            saver.save(session, os.path.join(folder, "saved%d" % version))
    for kind, option in (("none", None), ("gzip", "GZIP"), ("zlib", "ZLIB")):
        types = {None: tf.io.TFRecordCompressionType.NONE, "GZIP": tf.io.TFRecordCompressionType.GZIP,
                 "ZLIB": tf.io.TFRecordCompressionType.ZLIB}
        with tf.io.TFRecordWriter(os.path.join(folder, "records-" + kind), types[option]) as writer:
            for record in RECORDS:
                writer.write(record)


def check(folder):
    failures = 0

    def show(name, ok):
        nonlocal failures
        failures += not ok
        print(("ok    " if ok else "FAIL  ") + name, flush=True)

    def path(name):
        return os.path.join(folder, name)

    reader = tf.compat.v1.train.NewCheckpointReader(path("ours-types"))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        expected = session.run(values())
    show("TensorFlow 1.14 reads every type", all(
        np.array_equal(reader.get_tensor(name), value) for name, value in expected.items()))
    for version in (1, 2):
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            variables()
            tf.compat.v1.train.Saver().restore(session, path("ours-saved%d" % version))
            parts = [v for v in tf.compat.v1.global_variables() if v.op.name.startswith("all/table/")]
            got = session.run(parts + ["conv/kernel:0", "global_step:0"])
        show("TensorFlow 1.14 restores a copy of its V%d checkpoint, parts and all" % version,
             len(parts) == 3 and np.array_equal(np.concatenate(got[:3]), TABLE)
             and np.array_equal(got[3], np.arange(24).reshape(2, 3, 4)) and got[4] == 7)
    reader = tf.compat.v1.train.NewCheckpointReader(path("shards"))
    show("TensorFlow 1.14 reads three data files, parts and strings",
         all((reader.get_tensor("t%d" % s) == np.arange(4).reshape(2, 2) + 10 * s).all() for s in range(3))
         and (reader.get_tensor("parts") == np.arange(12).reshape(4, 3)).all()
         and list(reader.get_tensor("words")) == ["n\u00e9".encode(), b""])
    for kind, option in (("none", None), ("gzip", tf.io.TFRecordCompressionType.GZIP),
                         ("zlib", tf.io.TFRecordCompressionType.ZLIB)):
        options = option and tf.io.TFRecordOptions(option)
        found = list(tf.compat.v1.io.tf_record_iterator(path("ours-records-" + kind), options))
        show("TensorFlow 1.14 reads records (%s)" % kind, found == RECORDS)
    with open(path("example"), "rb") as file:
        feature = tf.train.Example.FromString(file.read()).features.feature
    show("TensorFlow 1.14 reads an Example", list(feature["integers"].int64_list.value) == [-1, 2**63 - 1, -2**63, 0])
    events = [e for name in sorted(os.listdir(path("events")))
              for e in tf.compat.v1.train.summary_iterator(os.path.join(path("events"), name))]
    scalars = [v.simple_value for e in events for v in e.summary.value if v.tag == "loss"]
    show("TensorFlow 1.14 reads an event file", np.allclose(scalars, [1 / n for n in range(1, 6)]))
    state = tf.train.get_checkpoint_state(folder)
    show("TensorFlow 1.14 reads a state file", os.path.basename(state.model_checkpoint_path) == "ours-saved2")
    return failures


if __name__ == "__main__":
    mode, place = sys.argv[1:]
    sys.exit(write(place) if mode == "write" else min(check(place), 1))
