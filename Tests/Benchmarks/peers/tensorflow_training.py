"""A network as a TensorFlow graph that trains: variables under the published names, batch norm over the batch.

In TensorFlow 1's terms, as published, so that its Saver exchanges checkpoints with it; for TensorFlow 2.15 and 1.14. Call
all of it with a graph as the default.
"""

from collections import namedtuple

import tensorflow as tf

from .network import EPSILON, Builder
from .tensorflow_graph import TensorFlowBackend

v1 = tf.compat.v1

# The terms of the loss before the step, and the operation that takes the step.
Step = namedtuple("Step", "cross_entropy penalty train")


def initializer(name):
    """What the published implementation begins a variable with."""
    scope, kind = name.rsplit("/", 1)
    if kind in ("gamma", "moving_variance"):
        return v1.ones_initializer()
    if kind != "kernel":
        return v1.zeros_initializer()
    # TensorFlow's own choice for the classifier, as nothing else is said.
    is_classifier = scope.endswith("/dense")
    return v1.glorot_uniform_initializer() if is_classifier else v1.variance_scaling_initializer()


class TrainingBackend(TensorFlowBackend):
    """Makes variables when they are first asked for; another network in the same graph shares them.

    `decay` is that of the moving averages, which the operations of the collection UPDATE_OPS move. Without `is_training`
    batch norm goes by the averages, and leaves them alone.
    """

    def __init__(self, pictures, decay=0.997, is_training=True):
        self.pictures = pictures
        self.decay = decay
        self.is_training = is_training

    def input(self, size):
        self.pictures.shape.assert_is_compatible_with((None, size, size, 3))
        return self.pictures

    def weight(self, variable):
        name, shape = variable
        with v1.variable_scope("", reuse=v1.AUTO_REUSE, use_resource=True):
            return v1.get_variable(
                name, shape, tf.float32, initializer(name), trainable="/moving_" not in name)

    def normalize(self, x, gamma, beta, mean, variance):
        gamma, beta, mean, variance = map(self.weight, (gamma, beta, mean, variance))
        if not self.is_training:
            return v1.nn.fused_batch_norm(
                x, gamma, beta, mean, variance, epsilon=EPSILON, is_training=False)[0]
        # It divides by the biased variance, and returns the unbiased one.
        x, batch_mean, batch_variance = v1.nn.fused_batch_norm(x, gamma, beta, epsilon=EPSILON)
        for average, value in ((mean, batch_mean), (variance, batch_variance)):
            update = v1.assign_sub(average, (average - value) * (1 - self.decay))
            v1.add_to_collection(v1.GraphKeys.UPDATE_OPS, update)
        return x


def build(network, backend):
    """A network's logits, and the builder that asked for them."""
    builder = Builder(network, backend)
    return builder.build(), builder


def training_step(
        logits, labels, rate, weight_decay, smoothing=0.0, momentum=0.9, global_step=None):
    """A step of momentum descent down the mean cross entropy and the weight decay of all but batch norm."""
    cross_entropy = v1.losses.softmax_cross_entropy(
        tf.one_hot(labels, int(logits.shape[-1])), logits, label_smoothing=smoothing)
    penalty = weight_decay * tf.add_n([
        tf.nn.l2_loss(v) for v in v1.trainable_variables() if "batch_normalization" not in v.name])
    descent = v1.train.MomentumOptimizer(rate, momentum).minimize(
        cross_entropy + penalty, global_step)
    return Step(
        cross_entropy, penalty,
        tf.group(descent, *v1.get_collection(v1.GraphKeys.UPDATE_OPS)))
