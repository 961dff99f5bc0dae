"""The networks of the workloads, described once for every peer.

`build` walks a network from picture to logits and asks a backend for each operation. A backend has a value type of its
own and offers: input, convolution, normalize, relu, add, max_pool, average_pool, upsample, blur, branch_mean,
branch_mix, global_mean, dense. Variables are asked for in the order of creation and under the names of the published
implementation.
"""

from collections import Counter, namedtuple
from dataclasses import dataclass

CLASSES = 1001
EXPANSION = 4
EPSILON = 1e-5


@dataclass(frozen=True)
class Network:
    """One architecture, the picture size it is run at, and the golden data of it."""

    blocks: tuple
    image_size: int
    golden: str
    big_little: bool = False
    alpha: int = 2
    beta: int = 4
    width: int = 64
    classes: int = CLASSES


NETWORKS = {
    "resnet-50": Network((3, 4, 6, 3), 224, "vanilla-50"),
    "assemble-resnet-50": Network((3, 4, 6, 3), 256, "assemble-50", big_little=True),
    "assemble-resnet-152": Network(
        (5, 12, 30, 3), 256, "assemble-152", big_little=True, alpha=1, beta=2),
}

# A backend's value and its number of channels.
Value = namedtuple("Value", "node channels")


class Names:
    """Numbers what repeats within a scope, as TensorFlow does."""

    def __init__(self):
        self.counts = Counter()

    def unique(self, base, scope):
        path = f"{scope}/{base}"
        self.counts[path] += 1
        return path if self.counts[path] == 1 else f"{path}_{self.counts[path] - 1}"


class Builder:
    """Walks a network; `variables` lists the (name, shape) of what it has asked for.

    `closing_gammas` names the gammas of the norms that close the bottlenecks: 0 at first where a recipe has zero_gamma.
    """

    def __init__(self, network, backend):
        self.network = network
        self.backend = backend
        self.names = Names()
        self.variables = []
        self.closing_gammas = []

    def variable(self, name, shape):
        self.variables.append((name, tuple(shape)))
        return self.variables[-1]

    def convolution(self, x, scope, size, channels, stride=1, name=None):
        path = name or self.names.unique("conv2d", scope)
        kernel = self.variable(f"{path}/kernel", (size, size, x.channels, channels))
        return Value(self.backend.convolution(x.node, kernel, stride), channels)

    def normalize(self, x, scope):
        path = self.names.unique("batch_normalization", scope)
        parts = [
            self.variable(f"{path}/{part}", (x.channels,))
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        ]
        return Value(self.backend.normalize(x.node, *parts), x.channels)

    def relu(self, x):
        return Value(self.backend.relu(x.node), x.channels)

    def add(self, x, y):
        return Value(self.backend.add(x.node, y.node), x.channels)

    def unit(self, x, scope, size, channels, stride=1, relu=True):
        x = self.normalize(self.convolution(x, scope, size, channels, stride), scope)
        return self.relu(x) if relu else x

    def project(self, x, scope, channels, stride):
        if self.network.big_little and stride > 1:
            x = Value(self.backend.average_pool(x.node, stride), x.channels)
            stride = 1
        return self.unit(x, scope, 1, channels, stride, relu=False)

    def selective_kernel(self, x, scope, filters):
        branches = self.unit(x, scope, 3, 2 * filters)
        inner = self.names.unique("sk_block", scope)
        mean = Value(self.backend.branch_mean(branches.node), filters)
        mean = self.convolution(mean, inner, 1, max(filters // 2, 32), name=f"{inner}/sk_fc_1")
        mean = self.relu(self.normalize(mean, inner))
        weights = self.convolution(mean, inner, 1, 2 * filters, name=f"{inner}/sk_fc_2")
        return Value(self.backend.branch_mix(branches.node, weights.node, filters), filters)

    def bottleneck(self, x, scope, filters, stride, is_first, ends_in_relu):
        shortcut = x
        if is_first:
            shortcut = self.project(x, scope, filters * EXPANSION, stride)
        x = self.unit(x, scope, 1, filters)
        if self.network.big_little:
            x = self.selective_kernel(x, scope, filters)
            if stride != 1:
                x = Value(self.backend.blur(x.node, filters, stride), filters)
        else:
            x = self.unit(x, scope, 3, filters, stride)
        x = self.unit(x, scope, 1, filters * EXPANSION, relu=False)
        self.closing_gammas.append(self.variables[-4][0])
        x = self.add(x, shortcut)
        return self.relu(x) if ends_in_relu else x

    def bottlenecks(self, x, scope, count, filters, stride, ends_in_relu=True):
        for index in range(count):
            is_last = index == count - 1
            x = self.bottleneck(
                x, scope, filters, stride if index == 0 else 1, index == 0,
                ends_in_relu or not is_last or index == 0)
        return x

    def big_little_stem(self, x):
        width = self.network.width
        x = self.convolution(x, "resnet_model/stage0", 7, width, 2)
        x = self.relu(self.normalize(x, "resnet_model/stage0_1"))
        scope = "resnet_model/stage0/pool"
        narrow = width // self.network.alpha
        big = self.unit(x, scope, 3, width, 2, relu=False)
        little = self.unit(x, scope, 3, narrow)
        little = self.unit(little, scope, 3, narrow, 2)
        little = self.unit(little, scope, 1, width, relu=False)
        return self.unit(self.relu(self.add(big, little)), scope, 1, width)

    def big_little_group(self, x, index, filters, stride):
        count = self.network.blocks[index - 1]
        scope = f"resnet_model/stage{index}"
        big = self.bottlenecks(
            x, f"{scope}/big{index}", count - 1, filters, 2, ends_in_relu=False)
        inner = f"{scope}/little{index}"
        little = self.bottlenecks(
            x, inner, max(1, count // self.network.beta - 1), filters // self.network.alpha, 1)
        little = self.unit(little, inner, 1, filters * EXPANSION, relu=False)
        big = Value(self.backend.upsample(big.node), big.channels)
        return self.bottlenecks(
            self.relu(self.add(little, big)), f"{scope}/merge{index}", 1, filters, stride)

    def plain(self, x):
        scope = "resnet_model"
        width = self.network.width
        x = self.unit(x, scope, 7, width, 2)
        x = Value(self.backend.max_pool(x.node), x.channels)
        for index, count in enumerate(self.network.blocks):
            x = self.bottlenecks(x, scope, count, width << index, 1 if index == 0 else 2)
        return x

    def big_little(self, x):
        width = self.network.width
        x = self.big_little_stem(x)
        for index, stride in enumerate((2, 2, 1)):
            x = self.big_little_group(x, index + 1, width << index, stride)
        return self.bottlenecks(x, "resnet_model/stage4", self.network.blocks[3], width << 3, 2)

    def build(self):
        x = Value(self.backend.input(self.network.image_size), 3)
        x = self.big_little(x) if self.network.big_little else self.plain(x)
        kernel = self.variable("resnet_model/dense/kernel", (x.channels, self.network.classes))
        bias = self.variable("resnet_model/dense/bias", (self.network.classes,))
        return self.backend.dense(self.backend.global_mean(x.node), kernel, bias)
