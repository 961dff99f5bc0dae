"""A network as a frozen TensorFlow graph: NHWC, batch norm in inference mode, weights as constants.

The operations are those of the published implementation; folding and fusing is left to TensorFlow.
"""

import tensorflow as tf

from .fill import fill
from .network import EPSILON, Builder

_NHWC = "NHWC"


def _padded(x, size):
    before = (size - 1) // 2
    after = size - 1 - before
    return tf.pad(x, [[0, 0], [before, after], [before, after], [0, 0]])


class TensorFlowBackend:
    def weight(self, variable):
        return tf.constant(fill(*variable))

    def input(self, size):
        return tf.compat.v1.placeholder(tf.float32, (None, size, size, 3), name="input")

    def convolution(self, x, kernel, stride):
        padding = "SAME"
        if stride > 1:
            x = _padded(x, kernel[1][0])
            padding = "VALID"
        return tf.nn.conv2d(x, self.weight(kernel), stride, padding, data_format=_NHWC)

    def normalize(self, x, gamma, beta, mean, variance):
        return tf.compat.v1.nn.fused_batch_norm(
            x, fill(*gamma), fill(*beta), fill(*mean), fill(*variance), epsilon=EPSILON,
            is_training=False)[0]

    def relu(self, x):
        return tf.nn.relu(x)

    def add(self, x, y):
        return x + y

    def max_pool(self, x):
        return tf.nn.max_pool2d(x, 3, 2, "SAME")

    def average_pool(self, x, stride):
        return tf.nn.avg_pool2d(_padded(x, 3), 3, stride, "VALID")

    def upsample(self, x):
        size = 2 * x.shape[1]
        return tf.compat.v1.image.resize_nearest_neighbor(x, (size, size))

    def blur(self, x, channels, stride):
        x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
        row = tf.constant([1, 2, 1], tf.float32) / 4
        kernel = tf.tile((row[:, None] * row)[:, :, None, None], (1, 1, channels, 1))
        return tf.nn.depthwise_conv2d(x, kernel, (1, stride, stride, 1), "VALID")

    def branch_mean(self, x):
        first, second = tf.split(x, 2, axis=3)
        return tf.reduce_mean(first + second, (1, 2), keepdims=True)

    def branch_mix(self, x, weights, channels):
        first, second = tf.split(x, 2, axis=3)
        weights = tf.nn.softmax(tf.reshape(weights, (-1, 2, channels)), axis=1)
        weights = tf.reshape(weights, (-1, 1, 1, 2 * channels))
        first_weights, second_weights = tf.split(weights, 2, axis=3)
        return first * first_weights + second * second_weights

    def global_mean(self, x):
        return tf.reduce_mean(x, (1, 2))

    def dense(self, x, kernel, bias):
        logits = tf.matmul(x, self.weight(kernel)) + self.weight(bias)
        return tf.identity(logits, name="logits")


def write(network, path):
    """Writes a network as a serialized GraphDef; returns its variables."""
    with tf.Graph().as_default() as graph:
        builder = Builder(network, TensorFlowBackend())
        builder.build()
        path.write_bytes(graph.as_graph_def().SerializeToString())
    return builder.variables
