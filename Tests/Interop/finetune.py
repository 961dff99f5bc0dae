"""Compares finetune with TensorFlow itself.

A small ResNet-50 and a small Assemble-ResNet-50, begun from fixtures whose numbers are well conditioned, are trained by
finetune. TensorFlow restores the checkpoint that it leaves, momentum slots and global_step included, and takes the next
step: its loss, and every variable behind it, must be those of finetune's own next step. And the windows that pictures are
cut to must be distributed as those of sample_distorted_bounding_box.

REASSEMBLE_BIN is the folder of the tools. Runs with TensorFlow 2.15, and with 1.14 as well. Every check prints a line; the exit status
is 1 if one fails.
"""

import collections
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")
import numpy as np
import tensorflow as tf

tf = tf.compat.v1
tf.disable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)

tools = os.environ["REASSEMBLE_BIN"]
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.append(os.path.join(ROOT, "Tests", "Benchmarks"))
from peers.network import NETWORKS
from peers.pictures import labelled, prepare
from peers.tensorflow_training import TrainingBackend, build, training_step

FIXTURES = os.path.join(ROOT, "fixtures")
failures = 0

SIZE, BATCH, CLASSES, WIDTH, DECAY, RATE = 96, 16, 11, 8, 1e-3, 0.01

# A network as the peers name it, what finetune begins with, and the flags that say which network it is.
Case = collections.namedtuple("Case", "network start flags")
CASES = [
    Case("resnet-50", "training/start-vanilla-50", []),
    # Its slots and its global_step are no part of a start.
    Case("assemble-resnet-50", "tiny/model", [
        "--resnet-version", "2", "--use-sk-block", "--anti-alias-type", "sconv", "--anti-alias-filter-size", "3"]),
]


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(("ok    " if ok else "FAIL  ") + name + ("  " + detail if detail else ""), flush=True)


def finetune(case, folder, steps):
    subprocess.run([
        tools + "/finetune", "--data-dir", os.path.join(FIXTURES, "training"), "--train-regex", "pictures.tfrecord", "--model-dir", folder,
        "--pretrained-model-checkpoint-path", os.path.join(FIXTURES, case.start), "--warm-start", "all", "--num-classes", str(CLASSES),
        "--width", str(WIDTH), "--preprocessing-type", "imagenet_%03d" % SIZE, "--batch-size", str(BATCH),
        "--no-augmentation", "--no-shuffle", "--base-learning-rate", str(RATE), "--learning-rate-decay-type", "fixed",
        "--weight-decay", str(DECAY), "--bn-momentum", "0.9", "--train-epochs", "100", "--log-every", "1",
        "--stop-at-step", str(steps), "--math", "exact", "--ema-decay", "0.9", *case.flags,
    ], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def continued(case, folder):
    jpegs, labels = labelled([os.path.join(FIXTURES, "training", "pictures.tfrecord")])
    finetune(case, folder, 2)
    finetune(case, folder, 3)
    with open(folder + "/metrics.jsonl") as file:
        ours = [line for line in map(json.loads, file) if line["kind"] == "step"]

    def told(name, ok, detail=""):
        check("%s: %s" % (case.network, name), ok, detail)

    tf.reset_default_graph()
    step = tf.train.get_or_create_global_step()
    jpeg = tf.placeholder(tf.string)
    # The evaluation preprocessing imagenet_096.
    picture = prepare(jpeg, SIZE, int(SIZE / 0.875))
    pictures = tf.placeholder(tf.float32, [BATCH, SIZE, SIZE, 3])
    classes = tf.placeholder(tf.int32, [BATCH])
    network = dataclasses.replace(NETWORKS[case.network], image_size=SIZE, width=WIDTH, classes=CLASSES)
    logits, _ = build(network, TrainingBackend(pictures, decay=0.9))
    with open(os.path.join(FIXTURES, "graphs", network.golden + ".json")) as file:
        published = [(name, trainable) for name, _, trainable in json.load(file)["variables"]]
    trainable = {v.name for v in tf.trainable_variables()}
    # Their shapes are compared as they are restored.
    created = [(v.name[:-2], v.name in trainable) for v in tf.global_variables() if v is not step]
    told("variables are the published ones, in their order", created == published, "%d" % len(created))
    terms = training_step(logits, classes, RATE, DECAY, global_step=step)
    saver = tf.train.Saver()
    with tf.Session() as session:
        latest = tf.train.latest_checkpoint(folder)
        told("the state file names the latest checkpoint", latest.endswith("model.ckpt-3"), os.path.basename(latest))
        saver.restore(session, folder + "/model.ckpt-2")
        slots = [v.name for v in tf.global_variables() if v.name.endswith("/Momentum:0")]
        told("restored with slots and global_step", session.run(step) == 2 and len(slots) == len(trainable),
             "%d variables, step %d" % (len(tf.global_variables()), session.run(step)))
        chosen = [(2 * BATCH + i) for i in range(BATCH)]
        batch = [session.run(picture, {jpeg: jpegs[i]}) for i in chosen]
        taken = session.run(terms, {pictures: batch, classes: labels[chosen]})
        for name, theirs in zip(["cross_entropy", "weight_decay"], taken):
            error = abs(ours[2][name] - theirs) / theirs
            told("%s of the next step" % name, error < 1e-4, "%.7f, ours %.7f" % (theirs, ours[2][name]))
        after = tf.train.load_checkpoint(folder + "/model.ckpt-3")
        worst, difference, total = ("", 0), 0, 0
        # All at once: each set of tensors that is asked for has the whole graph pruned anew.
        for variable, theirs in session.run({v.name: v for v in tf.global_variables()}).items():
            name = variable[:-2]
            mine = after.get_tensor(name)
            if variable in slots:
                # A relu within rounding of 0 may fall on either side, so single slots are not comparable.
                difference += ((theirs - mine) ** 2).sum()
                total += (theirs ** 2).sum()
                continue
            error = np.sqrt(((theirs - mine) ** 2).sum()) / max(np.sqrt((theirs ** 2).sum()), 1e-3)
            if error > worst[1]:
                worst = (name, error)
        told("every weight and moving statistic behind it", worst[1] < 1e-3, "worst %s, %.1e of its norm" % worst)
        error = np.sqrt(difference / total)
        told("all momentum slots together", error < 5e-2, "%.1e of their norm" % error)
        names = after.get_variable_to_shape_map()
        average = "resnet_model/dense/kernel/ExponentialMovingAverage"
        told("moving averages are called as TensorFlow calls them", average in names)


def windows(width, height, count=100000):
    lines = subprocess.run([tools + "/crop-probe", *map(str, [width, height, count, 1])], check=True,
                           stdout=subprocess.PIPE).stdout
    ours = np.array(lines.split(), np.int64).reshape(-1, 4)

    tf.reset_default_graph()

    def draw(_):
        begin, size, _ = tf.image.sample_distorted_bounding_box(
            [height, width, 3], tf.zeros([1, 0, 4]), min_object_covered=0.1, aspect_ratio_range=[0.75, 1.33],
            area_range=[0.05, 1.0], max_attempts=100, use_image_if_no_bounding_boxes=True)
        return tf.stack([begin[1], begin[0], size[1], size[0]])

    tf.set_random_seed(1)
    data = tf.data.Dataset.range(count).map(draw).batch(10000)
    batches = tf.data.make_one_shot_iterator(data).get_next()
    with tf.Session() as session:
        theirs = np.concatenate([session.run(batches) for _ in range(count // 10000)]).astype(np.int64)

    def measures(w):
        return {"area": w[:, 2] * w[:, 3] / (width * height), "aspect": w[:, 2] / w[:, 3],
                "x": (w[:, 0] + w[:, 2] / 2) / width, "y": (w[:, 1] + w[:, 3] / 2) / height}

    mine, other = measures(ours), measures(theirs)
    for name in mine:
        edges = np.quantile(other[name], np.linspace(0, 1, 21)[1:-1])
        counts = [np.bincount(np.searchsorted(edges, m[name], side="right"), minlength=20) / count for m in (mine, other)]
        # Half the sum of the differences: 0 for equal distributions, 1 for disjoint ones; about 0.007 for two such samples.
        distance = np.abs(counts[0] - counts[1]).sum() / 2
        check("windows of %dx%d: %s" % (width, height, name), distance < 0.015, "histogram distance %.4f" % distance)


with tempfile.TemporaryDirectory() as folder:
    print("TensorFlow", tf.VERSION)
    for case in CASES:
        continued(case, os.path.join(folder, case.network))
    for size in [(500, 375), (180, 100), (64, 300)]:
        windows(*size)

print("all equal" if failures == 0 else "%d checks failed" % failures)
sys.exit(failures > 0)
