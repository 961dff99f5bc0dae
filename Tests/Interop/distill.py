"""Compares what distill-logits writes with what TensorFlow reads, and with the files that it came from.

Needs tensorflow-cpu 2.15. Every check prints a line; the exit status is 1 if one fails.
"""

import filecmp
import glob
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

tool = os.path.join(os.environ["REASSEMBLE_BIN"], "distill-logits")
tiny = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "tiny")
teacher = [tool, "--teacher", tiny + "/model", "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
           "--preprocessing-type=imagenet_096", "--no-progress"]
failures = 0


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(("ok    " if ok else "FAIL  ") + name + (f"  {detail}" if detail else ""), flush=True)


def distill(output, *arguments, data=tiny + "/data"):
    return subprocess.run([*teacher, "--data-dir", data, "--output-dir", output, *arguments],
                          check=True, capture_output=True, text=True).stdout


def records(folder, compression=""):
    for path in sorted(glob.glob(folder + "/validation-*")):
        for record in tf.data.TFRecordDataset(path, compression_type=compression):
            yield record.numpy()


def features(record):
    return {name: feature.SerializeToString(deterministic=True)
            for name, feature in tf.train.Example.FromString(record).features.feature.items()}


def parse(record, classes):
    """The published parsing: a VarLen feature of floats, made dense, and reshaped to the classes."""
    spec = {"image/encoded": tf.io.FixedLenFeature([], tf.string, ""),
            "image/class/label": tf.io.FixedLenFeature([], tf.int64, -1),
            "image/logit": tf.io.VarLenFeature(tf.float32)}
    parsed = tf.io.parse_single_example(record, spec)
    return tf.reshape(tf.sparse.to_dense(parsed["image/logit"]), [classes]).numpy()


def plain(folder):
    golden = np.load(tiny + "/eval-imagenet_096/logits.npy")
    distill(folder + "/plain")
    old, new = list(records(tiny + "/data")), list(records(folder + "/plain"))
    check("as many records, in order", len(old) == len(new) == 1000)
    logits = np.stack([parse(record, 11) for record in new])
    error = (np.abs(logits - golden).max(1) / np.abs(golden).max(1)).max()
    check("TensorFlow parses image/logit: the reference's logits", error <= 3e-5, f"largest relative error {error:.1e}")
    same = True
    for before, after in zip(old, new):
        before, after = features(before), features(after)
        after.pop("image/logit")
        same = same and before == after
    check("every other feature is equal to the byte", same, f"{len(features(old[0]))} features")
    manifest = json.load(open(folder + "/plain/logits.json"))
    labels = np.load(tiny + "/eval-imagenet_096/labels.npy")
    agreeing = int((golden.argmax(1) == labels).sum())
    check("logits.json counts the agreement", manifest["agreeing"] == agreeing, f"{agreeing} of 1000")
    distill(folder + "/offset", "--offset", "1", "--num-classes", "12")
    shifted = np.stack([parse(record, 12) for record in records(folder + "/offset")])
    check("--offset 1 puts a zero before", (shifted[:, 0] == 0).all() and (shifted[:, 1:] == logits).all())
    return logits


def forms(folder, logits):
    distill(folder + "/half", "--dtype", "float16")
    rows = [tf.train.Example.FromString(record).features.feature for record in records(folder + "/half")]
    half = np.stack([np.frombuffer(row["image/logit_f16"].bytes_list.value[0], "<f2") for row in rows])
    check("image/logit_f16 is NumPy's float16", (half == logits.astype(np.float16)).all() and "image/logit" not in rows[0])
    distill(folder + "/top", "--top-k", "4")
    rows = [tf.train.Example.FromString(record).features.feature for record in records(folder + "/top")]
    classes = np.array([row["image/logit_top/class"].int64_list.value for row in rows])
    values = np.array([row["image/logit_top/value"].float_list.value for row in rows], np.float32)
    rest = np.array([row["image/logit_top/rest"].float_list.value for row in rows], np.float32)
    order = np.argsort(-logits, kind="stable")
    check("--top-k 4 keeps the four largest",
          (classes == order[:, :4]).all() and (values == np.take_along_axis(logits, classes, 1)).all())
    others = np.take_along_axis(logits, order[:, 4:], 1).astype(np.float64)
    expected = np.log(np.exp(others).mean(1, keepdims=True))
    check("the rest is the logarithm of the mean of the exponentials", np.abs(rest - expected).max() < 1e-5)


def elsewhere(folder, logits):
    names = [tf.train.Example.FromString(record).features.feature["image/filename"].bytes_list.value[0].decode()
             for record in records(tiny + "/data")]
    with open(folder + "/logits.csv", "w") as file:
        for i in np.random.RandomState(1).permutation(1000):
            file.write(",".join([names[i], *map(repr, map(float, logits[i]))]) + "\n")
    np.save(folder + "/logits.npy", logits)
    for kind, path in [("csv", "logits.csv"), ("npy", "logits.npy"), ("records", "plain")]:
        output = f"{folder}/from-{kind}"
        subprocess.run([tool, f"--from-{kind}", f"{folder}/{path}", "--data-dir", tiny + "/data", "-o", output],
                       check=True, capture_output=True)
        files = [os.path.basename(path) for path in glob.glob(folder + "/plain/validation-*")]
        check(f"--from-{kind} writes the same files",
              all(filecmp.cmp(f"{folder}/plain/{f}", f"{output}/{f}", shallow=False) for f in files))


def contents(folder):
    return {os.path.relpath(os.path.join(path, name), folder): open(os.path.join(path, name), "rb").read()
            for path, _, names in os.walk(folder) for name in names}


def kills(folder):
    clean = contents(folder + "/plain")
    start = time.time()
    distill(folder + "/timed", "-b", "16")
    whole = time.time() - start
    draws = random.Random(1)
    kept = []
    for attempt in range(10):
        output = f"{folder}/killed-{attempt}"
        process = subprocess.Popen([*teacher, "--data-dir", tiny + "/data", "-o", output, "-b", "16"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draws.uniform(0.1, 1) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept.append(len(glob.glob(output + "/logits.parts/validation-*-00004.json")))
        distill(output, "-b", "16")
        if contents(output) != clean:
            kept.append("differs")
    check("ten killed runs end as a clean one", "differs" not in kept, f"files kept: {kept}")
    distill(folder + "/parts", "--shard", "1/2")
    distill(folder + "/parts", "--shard", "0/2")
    check("--shard 0/2 and 1/2 equal one run", contents(folder + "/parts") == clean)


with tempfile.TemporaryDirectory() as folder:
    logits = plain(folder)
    forms(folder, logits)
    elsewhere(folder, logits)
    kills(folder)
print(f"{failures} failures" if failures else "all as it should be")
sys.exit(failures > 0)
