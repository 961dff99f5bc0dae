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
    "densenet-121": 224, "nasnet-mobile": 224, "efficientnet-b7": 600,
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


def build(name, keras):
    applications = keras.applications
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


def main():
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2)

    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=SIZES, required=True)
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()
    size = SIZES[options.network]
    tf.keras.utils.set_random_seed(0)
    model = build(options.network, tf.keras)
    settle(model, tf.keras, size)

    @tf.function(input_signature=[tf.TensorSpec([None, size, size, 3], tf.float32, name="input")])
    def infer(input):
        return tf.identity(model(input, training=False), name="logits")

    frozen = convert_variables_to_constants_v2(infer.get_concrete_function())
    definition = frozen.graph.as_graph_def()
    options.output.write_bytes(definition.SerializeToString())


if __name__ == "__main__":
    main()
