"""Trains the recipe of fixtures/tiny/curves.json in TensorFlow itself: train_tensorflow.py --data-dir DIR --seed N OUTPUT

DIR holds both train-* and validation-*. OUTPUT, a folder, gets metrics.jsonl, which overlay.py draws as it draws finetune's,
and the checkpoints of the first and the last step. The seed decides the initial weights, the order of the pictures and the
flips; `--start` takes the weights of a checkpoint in place of new ones. Computes on one thread, with the TensorFlow of
Tests/Benchmarks/requirements.txt or with 1.14.
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Benchmarks"))
from peers.network import NETWORKS
from peers.pictures import MEANS, decode, labelled, prepare, resize
from peers.tensorflow_training import TrainingBackend, build, training_step, v1

SIZE, BATCH = 96, 32
NETWORK = dataclasses.replace(
    NETWORKS["assemble-resnet-50"], image_size=SIZE, width=8, classes=11)
EPOCHS, WARMUP_EPOCHS, RATE = 30, 2, 0.1


def records(folder, pattern):
    """The JPEGs and labels of all record files, in order."""
    return labelled(sorted(folder.glob(pattern)))


def prepared_to_train(jpeg):
    """The whole picture as a square, and the same of its mirror image: TensorFlow 1's bilinear resizing is one-sided."""
    picture = decode(jpeg)
    return tf.stack([
        resize(side, (SIZE, SIZE)) for side in (picture, picture[:, ::-1])]) - MEANS


def prepared_to_evaluate(jpeg):
    """The preprocessing imagenet_096."""
    return prepare(jpeg, SIZE, int(SIZE / 0.875))


def pictures(folder, pattern, prepare):
    """All prepared pictures of a folder, in memory, and their labels."""
    jpegs, labels = records(folder, pattern)
    with tf.Graph().as_default(), v1.Session(config=threads()) as session:
        jpeg = v1.placeholder(tf.string)
        run = session.make_callable(prepare(jpeg), [jpeg])
        return np.stack([run(jpeg) for jpeg in jpegs]), labels


def threads():
    return v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)


def rate(step, images):
    """Warm-up, then half a cosine; an epoch counts as images / BATCH steps, not rounded."""
    warmup = int(images / BATCH * WARMUP_EPOCHS)
    if step < warmup:
        return RATE * step / warmup
    length = int(images / BATCH * EPOCHS) - warmup
    return RATE * (1 + math.cos(math.pi * min(step - warmup, length) / length)) / 2


def orders(random, count):
    """For each step: which pictures, and whether each is mirrored; epoch by epoch, the rest of each left out."""
    while True:
        order = random.permutation(count)
        for start in range(0, count - BATCH + 1, BATCH):
            yield order[start:start + BATCH], random.randint(0, 2, BATCH)


class WholePictures:
    """The training pictures as squares, prepared once."""

    def __init__(self, folder):
        self.data, self.labels = pictures(folder, "train-*", prepared_to_train)

    def batch(self, chosen, flips):
        return self.data[chosen, flips]


class Windows:
    """Random windows of the training pictures, prepared anew each time."""

    def __init__(self, folder, seed):
        jpegs, self.labels = records(folder, "train-*")
        with tf.Graph().as_default() as graph:
            v1.set_random_seed(seed)
            jpeg, flip = v1.placeholder(tf.string), v1.placeholder(tf.bool)
            decoded = decode(jpeg)
            picture = v1.placeholder(tf.uint8, (None, None, 3))
            begin, size, _ = tf.image.sample_distorted_bounding_box(
                tf.shape(picture), tf.zeros((1, 0, 4)), min_object_covered=0.1,
                aspect_ratio_range=(0.75, 1.33), area_range=(0.05, 1), max_attempts=100,
                use_image_if_no_bounding_boxes=True)
            window = tf.slice(picture, begin, size)
            window = tf.cond(flip, lambda: window[:, ::-1], lambda: window)
            session = v1.Session(graph=graph, config=threads())
            self.prepare = session.make_callable(
                resize(window, (SIZE, SIZE)) - MEANS, [picture, flip])
            self.data = [session.run(decoded, {jpeg: bytes}) for bytes in jpegs]

    def batch(self, chosen, flips):
        return np.stack([
            self.prepare(self.data[index], bool(flip)) for index, flip in zip(chosen, flips)])


class Training:
    def __init__(self, seed, start=None):
        v1.set_random_seed(seed)
        self.pictures = v1.placeholder(tf.float32, (None, SIZE, SIZE, 3))
        self.labels = v1.placeholder(tf.int32, (None,))
        self.rate = v1.placeholder(tf.float32, ())
        logits, builder = build(NETWORK, TrainingBackend(self.pictures, decay=0.9))
        global_step = v1.train.get_or_create_global_step()
        self.terms = training_step(
            logits, self.labels, self.rate, weight_decay=1e-4, smoothing=0.1,
            global_step=global_step)
        frozen, _ = build(NETWORK, TrainingBackend(self.pictures, is_training=False))
        self.hits = tf.reduce_sum(tf.cast(
            tf.equal(tf.argmax(frozen, 1, output_type=tf.int32), self.labels), tf.int32))
        self.session = v1.Session(config=threads())
        self.session.run(v1.global_variables_initializer())
        model = [v for v in v1.global_variables() if v.name[:-2] in dict(builder.variables)]
        closing = [v for v in model if v.name[:-2] in builder.closing_gammas]
        self.session.run([v1.assign(gamma, tf.zeros_like(gamma)) for gamma in closing])
        if start:
            v1.train.Saver(model).restore(self.session, start)
        self.saver = v1.train.Saver()

    def step(self, pictures, labels, rate):
        """Takes a step; the terms of the loss before it."""
        return self.session.run(
            self.terms, {self.pictures: pictures, self.labels: labels, self.rate: rate})

    def accuracy(self, pictures, labels, batch=250):
        hits = sum(
            self.session.run(self.hits, {
                self.pictures: pictures[start:start + batch],
                self.labels: labels[start:start + batch]})
            for start in range(0, len(labels), batch))
        return hits / len(labels)


def train(options, metrics):
    data = (Windows(options.data_dir, options.seed)
            if options.random_crop else WholePictures(options.data_dir))
    labels = data.labels
    evaluated = pictures(options.data_dir, "validation-*", prepared_to_evaluate)
    training = Training(options.seed, options.start)
    training.saver.save(training.session, str(options.output / "model.ckpt"), 0)
    batches = orders(np.random.RandomState(options.seed), len(labels))
    per_epoch = len(labels) // BATCH
    begin = time.monotonic()
    for epoch in range(1, options.epochs + 1):
        total = 0
        for step in range((epoch - 1) * per_epoch, epoch * per_epoch):
            chosen, flips = next(batches)
            now = rate(step, len(labels))
            terms = training.step(data.batch(chosen, flips), labels[chosen], now)
            total += terms.cross_entropy
            metrics({"kind": "step", "step": step + 1, "epoch": (step + 1) / per_epoch,
                     "cross_entropy": float(terms.cross_entropy),
                     "weight_decay": float(terms.penalty), "learning_rate": now})
        line = f"epoch {epoch}  cross entropy {total / per_epoch:.4f}"
        if epoch % 5 == 0 or epoch == options.epochs:
            accuracy = training.accuracy(*evaluated)
            metrics({"kind": "evaluation", "step": epoch * per_epoch, "accuracy": accuracy})
            line += f"  accuracy {accuracy:.3f}"
        print(f"{line}  {time.monotonic() - begin:.0f} s", flush=True)
    training.saver.save(
        training.session, str(options.output / "model.ckpt"), options.epochs * per_epoch)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS,
                        help=f"stop after so many; the learning rate stays that of {EPOCHS}")
    parser.add_argument("--random-crop", action="store_true",
                        help="random windows of the pictures; without it all of them is seen")
    parser.add_argument("--start", help="a checkpoint that the weights are taken from")
    parser.add_argument("output", type=pathlib.Path, help="a folder")
    options = parser.parse_args()
    v1.disable_eager_execution()
    v1.logging.set_verbosity(v1.logging.ERROR)
    options.output.mkdir(parents=True, exist_ok=True)
    with open(options.output / "metrics.jsonl", "w", buffering=1) as file:
        train(options, lambda entry: file.write(json.dumps(entry) + "\n"))


if __name__ == "__main__":
    main()
