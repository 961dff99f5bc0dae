"""Writes a network of another family as a frozen graph, at full width, with random weights.

The moving statistics are those of a batch of noise, so that values keep their size from layer to layer, as trained ones do.
The picture is `input:0`, float32 [batch, height, width, 3] from 0 to 1, and the result `logits:0`.
"""

import argparse
import pathlib

import numpy as np

# Side of the pictures of each network.
SIZES = {
    "inception-v3": 299, "mobilenet-v2": 224, "efficientnet-b0": 224, "resnet-50-v1.5": 224,
    "densenet-121": 224, "nasnet-mobile": 224, "efficientnet-b7": 600, "amoebanet-a": 331,
}


def resnet_50_v15(keras):
    """ResNet-50 whose 3x3 convolutions have the strides."""
    layers = keras.layers

    def unit(x, channels, size, stride=1, relu=True):
        x = layers.Conv2D(channels, size, stride, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(epsilon=1e-5)(x)
        return layers.ReLU()(x) if relu else x

    picture = keras.Input((224, 224, 3))
    x = layers.MaxPooling2D(3, 2, padding="same")(unit(picture, 64, 7, 2))
    for group, count in enumerate((3, 4, 6, 3)):
        channels = 64 << group
        for block in range(count):
            stride = 2 if block == 0 and group > 0 else 1
            shortcut = x if block else unit(x, 4 * channels, 1, stride, relu=False)
            inner = unit(unit(x, channels, 1), channels, 3, stride)
            x = layers.ReLU()(layers.Add()([unit(inner, 4 * channels, 1, relu=False), shortcut]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(picture, layers.Dense(1000)(x))


def amoebanet_a(keras, cells=18, filters=448, size=331):
    """AmoebaNet-A as the published code builds it, without the auxiliary head.

    A cell has two states, what comes in and what came in before, and adds five pairs of operations; what no pair has taken is
    put together. Esteban Real et al.: Regularized Evolution for Image Classifier Architecture Search.
    """
    layers = keras.layers

    def norm(x):
        return layers.BatchNormalization(epsilon=1e-3)(x)

    def unit(x, channels, kernel=1, stride=1):
        x = layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False)(layers.ReLU()(x))
        return norm(x)

    def separable(x, channels, kernel, stride):
        for step in (stride, 1):
            x = layers.DepthwiseConv2D(kernel, step, padding="same", use_bias=False)(layers.ReLU()(x))
            x = norm(layers.Conv2D(channels, 1, use_bias=False)(x))
        return x

    def crossed(x, channels, stride):
        """1x7 and 7x1 between convolutions 1x1 to a quarter of the channels and back."""
        x = unit(unit(x, channels // 4), channels // 4, (1, 7), (1, stride))
        return unit(unit(x, channels // 4, (7, 1), (stride, 1)), channels)

    def apply(operation, x, channels, stride):
        kind, _, kernel = operation.partition(" ")
        if kind == "separable":
            return separable(x, channels, int(kernel), stride)
        if kind == "crossed":
            return crossed(x, channels, stride)
        if kind != "none":
            pool = layers.MaxPooling2D if kind == "maximum" else layers.AveragePooling2D
            x = pool(3, stride, padding="same")(x)
        return x if x.shape[-1] == channels and kind != "none" or stride == 1 and kind == "none" \
            else unit(x, channels, stride=stride if kind == "none" else 1)

    def halved(x, channels):
        """Every other pixel and those between them, each for half of the channels."""
        x = layers.ReLU()(x)
        shifted = layers.Cropping2D(((1, 0), (1, 0)))(layers.ZeroPadding2D(((0, 1), (0, 1)))(x))
        parts = [layers.Conv2D(channels // 2, 1, use_bias=False)(layers.AveragePooling2D(1, 2)(part))
                 for part in (x, shifted)]
        return norm(layers.Concatenate()(parts))

    normal = ([("average", 0, "maximum", 0), ("separable 3", 1, "none", 1), ("none", 0, "average", 1),
               ("separable 3", 0, "separable 5", 2), ("average", 5, "separable 3", 0)], (1, 3, 4, 6))
    reducing = ([("separable 3", 1, "average", 0), ("maximum", 0, "separable 7", 2), ("maximum", 1, "maximum", 0),
                 ("separable 3", 4, "crossed", 0), ("average", 1, "separable 7", 0)], (2, 3, 4, 5, 6))

    def cell(x, before, channels, kind, stride):
        if before.shape[1] != x.shape[1]:
            before = halved(before, channels)
        elif before.shape[-1] != channels and before is not x:
            before = unit(before, channels)
        states = [unit(x, channels), before]
        for left, first, right, second in kind[0]:
            states.append(layers.Add()([
                apply(name, states[place], channels, stride if place < 2 else 1)
                for name, place in ((left, first), (right, second))]))
        return layers.Concatenate()([states[place] for place in kind[1]])

    picture = keras.Input((size, size, 3))
    x = layers.Rescaling(2.0, -1.0)(picture)
    x = before = norm(layers.Conv2D(32, 3, 2, use_bias=False)(x))
    for channels in (filters // 4, filters // 2):
        x, before = cell(x, before, channels, reducing, 2), x
    for number in range(cells):
        channels = filters << number // (cells // 3)
        if number and number % (cells // 3) == 0:
            x, before = cell(x, before, channels, reducing, 2), x
        x, before = cell(x, before, channels, normal, 1), x
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(picture, layers.Dense(1001)(x))


def build(name, keras):
    applications = keras.applications
    if name == "amoebanet-a":
        return amoebanet_a(keras)
    if name == "resnet-50-v1.5":
        return resnet_50_v15(keras)
    model = {
        "inception-v3": applications.InceptionV3, "mobilenet-v2": applications.MobileNetV2,
        "efficientnet-b0": applications.EfficientNetB0, "densenet-121": applications.DenseNet121,
        "nasnet-mobile": applications.NASNetMobile, "efficientnet-b7": applications.EfficientNetB7,
    }[name]
    size = SIZES[name]
    return model(weights=None, input_shape=(size, size, 3), classifier_activation=None)


def settle(model, keras, size):
    """Gives batch norms the statistics of a batch of noise."""
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for norm in norms:
        norm.momentum = 0.0
    noise = np.random.default_rng(1).uniform(size=(2, size, size, 3)).astype(np.float32)
    model(noise, training=True)


def settled(name, keras):
    """The network with its random weights."""
    keras.utils.set_random_seed(0)
    model = build(name, keras)
    settle(model, keras, SIZES[name])
    return model


def pictures(name, batch):
    """What programs are measured on: noise, `[batch, height, width, 3]`."""
    shape = (batch, SIZES[name], SIZES[name], 3)
    return np.random.default_rng(0).uniform(size=shape).astype("<f4")


def main():
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2)

    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=SIZES, required=True)
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()
    size = SIZES[options.network]
    model = settled(options.network, tf.keras)

    @tf.function(input_signature=[tf.TensorSpec([None, size, size, 3], tf.float32, name="input")])
    def infer(input):
        return tf.identity(model(input, training=False), name="logits")

    frozen = convert_variables_to_constants_v2(infer.get_concrete_function())
    definition = frozen.graph.as_graph_def()
    options.output.write_bytes(definition.SerializeToString())


if __name__ == "__main__":
    main()
