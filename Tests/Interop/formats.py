"""Compares what this package writes and reads with TensorFlow itself.

usage: formats.py PATH-OF-format-probe

Needs tensorflow-cpu 2.15. Where a CPython 3.7 with TensorFlow 1.14 is present, that reads and writes too: python3.7, one of
pyenv's, or what REASSEMBLE_PYTHON37 names. Every check prints a line; the exit status is 1 if one fails.
"""

import filecmp
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

probe = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.environ["REASSEMBLE_BIN"], "format-probe")
failures = 0


def run(*arguments):
    return subprocess.run([probe, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(("ok    " if ok else "FAIL  ") + name + (f"  {detail}" if detail else ""), flush=True)


def same_bundle(name, ours, theirs):
    files = sorted(f[len(theirs):] for f in glob.glob(theirs + ".*") if ".meta" not in f)
    check(name, bool(files) and all(filecmp.cmp(ours + f, theirs + f, shallow=False) for f in files),
          ", ".join(f"{f} {os.path.getsize(theirs + f)}" for f in files))


def save(prefix, names, tensors, slices=None):
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=slices or [""] * len(names), tensors=tensors)


def bundles(folder):
    rng = np.random.RandomState(1)
    dtypes = [tf.float32, tf.float64, tf.int32, tf.uint8, tf.int16, tf.int8, tf.complex64, tf.int64, tf.bool,
              tf.bfloat16, tf.uint16, tf.complex128, tf.float16, tf.uint32, tf.uint64]
    tensors = [tf.cast(tf.constant(rng.randint(0, 100, (3, 5))), dtype) for dtype in dtypes]
    names = [f"dtype/{dtype.name}" for dtype in dtypes]
    tensors += [tf.constant(1.5), tf.zeros([0, 3]), tf.constant([["a", ""], ["né", "x" * 1000]]), tf.zeros([0], tf.string)]
    names += ["scalar", "empty", "strings", "no-strings"]
    theirs = folder + "/theirs-dtypes"
    save(theirs, names, tensors)
    run("copy-bundle", theirs, folder + "/ours-dtypes")
    same_bundle("every type, byte for byte", folder + "/ours-dtypes", theirs)

    names = [f"layer_{i:05d}/kernel" for i in range(20000)]
    theirs = folder + "/theirs-many"
    save(theirs, names, [tf.constant([float(i)]) for i in range(20000)])
    run("write-many", folder + "/ours-many", 20000)
    same_bundle("20,000 tensors, byte for byte", folder + "/ours-many", theirs)

    theirs = folder + "/theirs-slices"
    table = tf.reshape(tf.range(12, dtype=tf.float32), [4, 3])
    save(theirs, ["a", "a", "b"], [table[:2], table[2:], table], ["4 3 0,2:-", "4 3 2,2:-", ""])
    run("copy-bundle", theirs, folder + "/ours-slices")
    same_bundle("a partitioned variable, byte for byte", folder + "/ours-slices", theirs)

    long = [tf.zeros([1])] * 3
    names = ["k" * 300000 + c for c in "abc"]
    theirs = folder + "/theirs-long"
    save(theirs, names, long)
    run("copy-bundle", theirs, folder + "/ours-long")
    same_bundle("names larger than a block, byte for byte", folder + "/ours-long", theirs)

    run("write-shards", folder + "/shards")
    reader = tf.train.load_checkpoint(folder + "/shards")
    ok = all((reader.get_tensor(f"t{s}") == np.arange(4, dtype=np.float32).reshape(2, 2) + 10 * s).all() for s in range(3))
    ok = ok and (reader.get_tensor("parts") == np.arange(12, dtype=np.float32).reshape(4, 3)).all()
    ok = ok and list(reader.get_tensor("words")) == ["né".encode(), b""]
    check("TensorFlow reads three data files, parts and strings", ok)

    start = time.time()
    run("write-large", folder + "/large", 470)
    elapsed = time.time() - start
    variable = [tf.Variable(np.arange(1 << 18, dtype=np.float32)) for _ in range(470)]
    start = time.time()
    save(folder + "/theirs-large", [f"tensor_{100000 + i}" for i in range(470)], [v.read_value() for v in variable])
    check("470 MB in 470 tensors", True, f"ours {elapsed:.2f} s with sync, TensorFlow's {time.time() - start:.2f} s without")
    same_bundle("470 MB, byte for byte", folder + "/large", folder + "/theirs-large")
    start = time.time()
    printed = run("read", folder + "/theirs-large").strip()
    elapsed = time.time() - start
    start = time.time()
    reader = tf.train.load_checkpoint(folder + "/theirs-large")
    for name in reader.get_variable_to_shape_map():
        reader.get_tensor(name)
    check("reading it", printed.startswith("470 tensors"), f"ours {elapsed:.3f} s, TensorFlow's {time.time() - start:.3f} s")

    checkpoint = tf.train.Checkpoint(step=tf.Variable(3), model=tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))]))
    path = checkpoint.save(folder + "/objects")
    check("a TensorFlow 2 checkpoint is read", "model/layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE float32 [3, 2]" in run("list", path))
    run("copy-bundle", path, folder + "/ours-objects")
    again = tf.train.Checkpoint(step=tf.Variable(0))
    again.read(folder + "/ours-objects").expect_partial()
    check("TensorFlow restores its copy", int(again.step) == 3)


def legacy(folder):
    values = {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "i": np.array([-1, 5], np.int32), "l": np.array(7, np.int64)}
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, value in values.items():
            tf.compat.v1.get_variable(name, initializer=value, use_resource=False)
        session.run(tf.compat.v1.global_variables_initializer())
        for write in (1, 2):
            saver = tf.compat.v1.train.Saver(write_version=write)
            path = saver.save(session, f"{folder}/v{write}")
            run("copy-bundle", path, f"{folder}/copy{write}")
            reader = tf.train.load_checkpoint(f"{folder}/copy{write}")
            check(f"a V{write} checkpoint of tf.compat.v1.train.Saver, through a copy",
                  all((reader.get_tensor(n) == v).all() for n, v in values.items()))
        same_bundle("a Saver's V2 checkpoint, byte for byte", f"{folder}/copy2", f"{folder}/v2")


def records(folder):
    contents = [bytes((37 * i + j) % 256 for j in range(n)) for i, n in enumerate([0, 1, 17, 1000, 70000])]
    kinds = {"none": "", "gzip": "GZIP", "zlib": "ZLIB"}
    for kind, theirs in kinds.items():
        path = f"{folder}/records-{kind}"
        with tf.io.TFRecordWriter(path, theirs) as writer:
            for content in contents:
                writer.write(content)
        for other, option in kinds.items():
            copy = f"{path}-{other}"
            run("copy-records", path, copy, other)
            read = [r.numpy() for r in tf.data.TFRecordDataset(copy, option)]
            check(f"records {kind} -> {other}", read == contents)
    check("plain records, byte for byte", filecmp.cmp(f"{folder}/records-none", f"{folder}/records-none-none", shallow=False))

    path = folder + "/walk"
    with tf.io.TFRecordWriter(path) as writer:
        for _ in range(4000):
            writer.write(os.urandom(100_000))
    run("read", path)
    start = time.time()
    run("read", path)
    ours = time.time() - start
    start = time.time()
    count = sum(1 for _ in tf.data.TFRecordDataset(path))
    check("walking 400 MB of records", count == 4000, f"ours {ours:.3f} s as a process, TensorFlow's {time.time() - start:.3f} s")

    run("write-example", folder + "/example")
    feature = tf.train.Example.FromString(open(folder + "/example", "rb").read()).features.feature
    check("an Example", list(feature["bytes"].bytes_list.value) == [b"\xff\x00", b""]
          and list(feature["floats"].float_list.value) == [1.5, float("-inf")]
          and list(feature["integers"].int64_list.value) == [-1, 2**63 - 1, -2**63, 0]
          and feature["empty"].WhichOneof("kind") == "int64_list")


def others(folder):
    names = ["model-1", "a\"b\\c\nd\té中'"]
    run("write-state", folder + "/checkpoint", names[1], names[0])
    state = tf.train.get_checkpoint_state(folder)
    check("the state file", os.path.basename(state.model_checkpoint_path) == names[1])

    os.mkdir(folder + "/events")
    path = run("write-events", folder + "/events").strip()
    events = list(tf.compat.v1.train.summary_iterator(path))
    scalars = [v.simple_value for e in events for v in e.summary.value if v.tag == "loss"]
    check("an event file", events[0].file_version == "brain.Event:2" and np.allclose(scalars, [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]))
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    accumulator = EventAccumulator(folder + "/events").Reload()
    tags = accumulator.Tags()
    check("TensorBoard's loader", tags["images"] == ["pixel"] and "note" in tags["tensors"] and tags["scalars"] == ["loss"])


def tensorflow1():
    """A CPython 3.7 that has TensorFlow 1.14."""
    stated = os.environ.get("REASSEMBLE_PYTHON37")
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for python in [stated] if stated else [shutil.which("python3.7"), *glob.glob(pyenv + "/versions/3.7*/bin/python")]:
        if python and subprocess.run([python, "-W", "ignore", "-c", "import tensorflow as t; assert t.__version__[:5] == '1.14.'"],
                                     capture_output=True).returncode == 0:
            return python
    return None


def first(folder):
    global failures
    python = tensorflow1()
    if not python:
        print("skip  TensorFlow 1.14: there is no CPython 3.7 with it (REASSEMBLE_PYTHON37 may name one)")
        return
    peer = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tensorflow1", "peer.py")
    subprocess.run([python, peer, "write", folder], check=True, stderr=subprocess.DEVNULL)
    for name in ("types", "saved1", "saved2"):
        run("copy-bundle", f"{folder}/{name}", f"{folder}/ours-{name}")
    for name in ("types", "saved2"):
        same_bundle(f"TensorFlow 1.14's {name}, byte for byte", f"{folder}/ours-{name}", f"{folder}/{name}")
    for kind in ("none", "gzip", "zlib"):
        run("copy-records", f"{folder}/records-{kind}", f"{folder}/ours-records-{kind}", kind)
    run("write-shards", folder + "/shards")
    run("write-example", folder + "/example")
    os.mkdir(folder + "/events")
    run("write-events", folder + "/events")
    run("write-state", folder + "/checkpoint", "ours-saved2", "ours-saved1")
    done = subprocess.run([python, peer, "check", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    print(done.stdout, end="", flush=True)
    if done.returncode not in (0, 1):
        print(done.stderr[-2000:])
    failures += done.returncode != 0


with tempfile.TemporaryDirectory() as folder:
    for part in (bundles, legacy, records, others, first):
        place = os.path.join(folder, part.__name__)
        os.mkdir(place)
        part(place)
print("all equal" if not failures else f"{failures} failed")
sys.exit(failures > 0)
