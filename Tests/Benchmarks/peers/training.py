"""Training steps of a network in other programs, as processes that compute when they are told to; see worker.py.

A step begins with a batch in memory and ends with the changed weights: forward, backward, momentum and weight decay.
"""

import argparse
from dataclasses import replace

import numpy as np

from .fill import uniform
from .network import CLASSES, NETWORKS
from .worker import serve


def labels(batch):
    return np.arange(batch, dtype=np.int32) * 37 % CLASSES


class Torch:
    """PyTorch with channels last, which is its faster layout on processors; it has ResNet-50 only."""

    def __init__(self, network, batch, size, threads, bfloat16):
        import torch

        assert network == "resnet-50", network
        self.torch, self.bfloat16 = torch, bfloat16
        torch.set_num_threads(threads)
        self.model = self._network().to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.SGD(
            self.model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
        self.pictures = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
        self.labels = torch.from_numpy(labels(batch)).long()
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
    """TensorFlow with the network that we train, variable for variable."""

    def __init__(self, network, batch, size, threads):
        import tensorflow as tf

        from .tensorflow_training import TrainingBackend, build, training_step

        v1 = tf.compat.v1
        self.version = tf.__version__
        network = replace(NETWORKS[network], image_size=size)
        shape = (batch, size, size, 3)
        self.pictures = uniform("input", int(np.prod(shape))).reshape(shape) * 255 - 118
        with tf.Graph().as_default() as graph:
            v1.set_random_seed(1)
            pictures = v1.placeholder(tf.float32, self.pictures.shape)
            logits, _ = build(network, TrainingBackend(pictures))
            step = training_step(logits, labels(batch), rate=0.01, weight_decay=1e-4)
            begin = v1.global_variables_initializer()
        session = v1.Session(graph=graph, config=v1.ConfigProto(
            intra_op_parallelism_threads=threads, inter_op_parallelism_threads=1))
        session.run(begin)
        self.call = session.make_callable([step.cross_entropy, step.train], [pictures])

    def step(self):
        return float(self.call(self.pictures)[0])


PROGRAMS = {
    "tensorflow": TensorFlow,
    "torch": lambda *shape: Torch(*shape, bfloat16=False),
    "torch-bf16": lambda *shape: Torch(*shape, bfloat16=True),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--image-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    peer = PROGRAMS[options.program](
        options.network, options.batch, options.image_size, options.threads)
    losses = [peer.step()]
    serve(
        {"version": peer.version},
        lambda: losses.append(peer.step()),
        lambda path: np.array(losses[-1:], "<f4").tofile(path))


if __name__ == "__main__":
    main()
