"""Training steps of ResNet-50 in other programs, as processes that compute when they are told to; see worker.py.

A step begins with a batch in memory and ends with the changed weights: forward, backward, momentum and weight decay.
"""

import argparse

import numpy as np

from .worker import serve

CLASSES = 1001


class Torch:
    """PyTorch with channels last, which is its faster layout on processors."""

    def __init__(self, batch, size, threads, bfloat16):
        import torch

        self.torch, self.bfloat16 = torch, bfloat16
        torch.set_num_threads(threads)
        self.model = self._network().to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.SGD(
            self.model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
        self.pictures = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
        self.labels = torch.arange(batch) * 37 % CLASSES
        self.version = torch.__version__

    def _network(self):
        from torch import nn

        def norm(channels):
            return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.003)

        class Bottleneck(nn.Module):
            def __init__(self, channels, width, stride, projects):
                super().__init__()
                self.branch = nn.Sequential(
                    nn.Conv2d(channels, width, 1, bias=False), norm(width), nn.ReLU(inplace=True),
                    nn.Conv2d(width, width, 3, stride, 1, bias=False), norm(width),
                    nn.ReLU(inplace=True),
                    nn.Conv2d(width, 4 * width, 1, bias=False), norm(4 * width))
                self.shortcut = nn.Identity()
                if projects:
                    self.shortcut = nn.Sequential(
                        nn.Conv2d(channels, 4 * width, 1, stride, bias=False), norm(4 * width))

            def forward(self, pictures):
                return nn.functional.relu_(self.branch(pictures) + self.shortcut(pictures))

        layers = [
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), norm(64), nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1)]
        channels = 64
        for group, blocks in enumerate((3, 4, 6, 3)):
            width = 64 << group
            for block in range(blocks):
                stride = 2 if block == 0 and group > 0 else 1
                layers.append(Bottleneck(channels, width, stride, block == 0))
                channels = 4 * width
        return nn.Sequential(
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES))

    def step(self):
        torch = self.torch
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            logits = self.model(self.pictures)
        loss = torch.nn.functional.cross_entropy(logits.float(), self.labels)
        loss.backward()
        self.optimiser.step()
        return loss.item()


class TensorFlow:
    """TensorFlow's own ResNet-50 (Keras), the step as one compiled function."""

    def __init__(self, batch, size, threads):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.version = tf.__version__
        model = tf.keras.applications.ResNet50(
            weights=None, classes=CLASSES, classifier_activation=None, input_shape=(size, size, 3))
        optimiser = tf.keras.optimizers.legacy.SGD(0.01, momentum=0.9)
        pictures = tf.random.normal((batch, size, size, 3))
        labels = tf.range(batch) * 37 % CLASSES
        kernels = [v for v in model.trainable_variables if "bn" not in v.name]

        @tf.function
        def step():
            with tf.GradientTape() as tape:
                logits = model(pictures, training=True)
                loss = tf.reduce_mean(
                    tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
                loss += 1e-4 * tf.add_n([tf.nn.l2_loss(v) for v in kernels])
            gradients = tape.gradient(loss, model.trainable_variables)
            optimiser.apply_gradients(zip(gradients, model.trainable_variables))
            return loss

        self._step = step

    def step(self):
        return float(self._step())


PROGRAMS = {
    "tensorflow": TensorFlow,
    "torch": lambda *shape: Torch(*shape, bfloat16=False),
    "torch-bf16": lambda *shape: Torch(*shape, bfloat16=True),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--image-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    peer = PROGRAMS[options.program](options.batch, options.image_size, options.threads)
    losses = [peer.step()]
    serve(
        {"version": peer.version},
        lambda: losses.append(peer.step()),
        lambda path: np.array(losses[-1:], "<f4").tofile(path))


if __name__ == "__main__":
    main()
