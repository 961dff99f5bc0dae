"""Compares finetune with TensorFlow itself.

A small ResNet-50, begun from a fixture whose numbers are well conditioned, is trained by finetune. TensorFlow restores the checkpoint that it leaves, momentum slots and global_step included,
and takes the next step: its loss, and every variable behind it, must be those of finetune's own next step. And the windows
that pictures are cut to must be distributed as those of sample_distorted_bounding_box.

REASSEMBLE_BIN is the folder of the tools. Runs with TensorFlow 2.15, and with 1.14 as well. Every check prints a line; the exit status
is 1 if one fails.
"""

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
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "training")
failures = 0

SIZE, BATCH, CLASSES, WIDTH, DECAY, RATE = 96, 16, 11, 8, 1e-3, 0.01
BLOCKS, STRIDES = [3, 4, 6, 3], [1, 2, 2, 2]


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(("ok    " if ok else "FAIL  ") + name + ("  " + detail if detail else ""), flush=True)


def convolution(x, filters, size, stride):
    if stride > 1:
        before = (size - 1) // 2
        after = size - 1 - before
        x = tf.pad(x, [[0, 0], [before, after], [before, after], [0, 0]])
    return tf.layers.conv2d(x, filters, size, stride, "SAME" if stride == 1 else "VALID", use_bias=False)


def normalised(x, relu=True):
    x = tf.layers.batch_normalization(x, momentum=0.9, epsilon=1e-5, training=True, fused=True)
    return tf.nn.relu(x) if relu else x


def network(x):
    """ResNet-50 in training mode, its variables created in the published order."""
    with tf.variable_scope("resnet_model"):
        x = normalised(convolution(x, WIDTH, 7, 2))
        x = tf.layers.max_pooling2d(x, 3, 2, "SAME")
        for group, (blocks, stride) in enumerate(zip(BLOCKS, STRIDES)):
            filters = WIDTH << group
            for block in range(blocks):
                step = stride if block == 0 else 1
                shortcut = x
                if block == 0:
                    shortcut = normalised(convolution(x, 4 * filters, 1, step), relu=False)
                x = normalised(convolution(x, filters, 1, 1))
                x = normalised(convolution(x, filters, 3, step))
                x = normalised(convolution(x, 4 * filters, 1, 1), relu=False)
                x = tf.nn.relu(x + shortcut)
        return tf.layers.dense(tf.reduce_mean(x, [1, 2]), CLASSES, name="dense")


def prepared(jpeg):
    """The evaluation preprocessing imagenet_096."""
    picture = tf.cast(tf.image.decode_jpeg(jpeg, 3, dct_method="INTEGER_ACCURATE"), tf.float32)
    shape = tf.cast(tf.shape(picture)[:2], tf.float32)
    target = tf.cast(shape * (float(int(SIZE / 0.875)) / tf.reduce_min(shape)), tf.int32)
    picture = tf.image.resize_bilinear(picture[None], target)[0]
    corner = (target - SIZE) // 2
    picture = tf.slice(picture, [corner[0], corner[1], 0], [SIZE, SIZE, 3])
    return picture - [123.68, 116.78, 103.94]


def records():
    """The pictures and labels of the fixture."""
    jpegs, labels = [], []
    for record in tf.python_io.tf_record_iterator(os.path.join(FIXTURES, "pictures.tfrecord")):
        feature = tf.train.Example.FromString(record).features.feature
        jpegs.append(feature["image/encoded"].bytes_list.value[0])
        labels.append(feature["image/class/label"].int64_list.value[0])
    return jpegs, np.array(labels)


def finetune(folder, steps):
    subprocess.run([
        tools + "/finetune", "--data-dir", FIXTURES, "--train-regex", "pictures.tfrecord", "--model-dir", folder + "/out",
        "--pretrained-model-checkpoint-path", os.path.join(FIXTURES, "start-vanilla-50"), "--warm-start", "all", "--num-classes", str(CLASSES),
        "--width", str(WIDTH), "--preprocessing-type", "imagenet_%03d" % SIZE, "--batch-size", str(BATCH),
        "--no-augmentation", "--no-shuffle", "--base-learning-rate", str(RATE), "--learning-rate-decay-type", "fixed",
        "--weight-decay", str(DECAY), "--bn-momentum", "0.9", "--train-epochs", "100", "--log-every", "1",
        "--max-train-steps", str(steps), "--math", "exact", "--ema-decay", "0.9",
    ], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def continued(folder):
    jpegs, labels = records()
    finetune(folder, 2)
    finetune(folder, 3)
    with open(folder + "/out/metrics.jsonl") as file:
        ours = [line for line in map(json.loads, file) if line["kind"] == "step"]

    tf.reset_default_graph()
    step = tf.train.get_or_create_global_step()
    jpeg = tf.placeholder(tf.string)
    picture = prepared(jpeg)
    pictures = tf.placeholder(tf.float32, [BATCH, SIZE, SIZE, 3])
    classes = tf.placeholder(tf.int32, [BATCH])
    cross_entropy = tf.losses.softmax_cross_entropy(tf.one_hot(classes, CLASSES), network(pictures))
    penalty = DECAY * tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if "batch_normalization" not in v.name])
    optimizer = tf.train.MomentumOptimizer(RATE, 0.9)
    train = tf.group(optimizer.minimize(cross_entropy + penalty, step), *tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    saver = tf.train.Saver()
    with tf.Session() as session:
        latest = tf.train.latest_checkpoint(folder + "/out")
        check("the state file names the latest checkpoint", latest.endswith("model.ckpt-3"), os.path.basename(latest))
        saver.restore(session, folder + "/out/model.ckpt-2")
        slots = [v for v in tf.global_variables() if v.name.endswith("/Momentum:0")]
        check("restored with slots and global_step", session.run(step) == 2 and len(slots) == len(tf.trainable_variables()),
              "%d variables, step %d" % (len(tf.global_variables()), session.run(step)))
        chosen = [(2 * BATCH + i) for i in range(BATCH)]
        batch = [session.run(picture, {jpeg: jpegs[i]}) for i in chosen]
        feed = {pictures: batch, classes: labels[chosen]}
        terms = session.run([cross_entropy, penalty], feed)
        for name, theirs in zip(["cross_entropy", "weight_decay"], terms):
            error = abs(ours[2][name] - theirs) / theirs
            check("%s of the next step" % name, error < 1e-4, "%.7f, ours %.7f" % (theirs, ours[2][name]))
        session.run(train, feed)
        after = tf.train.load_checkpoint(folder + "/out/model.ckpt-3")
        worst, difference, total = ("", 0), 0, 0
        for variable in tf.global_variables():
            name = variable.name[:-2]
            theirs, mine = session.run(variable), after.get_tensor(name)
            if variable in slots:
                # A relu within rounding of 0 may fall on either side, so single slots are not comparable.
                difference += ((theirs - mine) ** 2).sum()
                total += (theirs ** 2).sum()
                continue
            error = np.sqrt(((theirs - mine) ** 2).sum()) / max(np.sqrt((theirs ** 2).sum()), 1e-3)
            if error > worst[1]:
                worst = (name, error)
        check("every weight and moving statistic behind it", worst[1] < 1e-3, "worst %s, %.1e of its norm" % worst)
        error = np.sqrt(difference / total)
        check("all momentum slots together", error < 5e-2, "%.1e of their norm" % error)
        names = after.get_variable_to_shape_map()
        average = "resnet_model/dense/kernel/ExponentialMovingAverage"
        check("moving averages are called as TensorFlow calls them", average in names)


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
    continued(folder)
    for size in [(500, 375), (180, 100), (64, 300)]:
        windows(*size)

print("all equal" if failures == 0 else "%d checks failed" % failures)
sys.exit(failures > 0)
