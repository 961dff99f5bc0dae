"""A network as an ONNX model: NCHW, batch norm folded into the convolution before it, as exporters write it."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .fill import fill
from .network import CLASSES, EPSILON, Builder

OPSET = 17


class OnnxBackend:
    def __init__(self):
        self.nodes = []
        self.initializers = []
        # Convolutions whose kernel is not written yet, because a norm may follow: output -> (node, kernel).
        self.open = {}

    def constant(self, values, name):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind, inputs, outputs=1, **attributes):
        names = [f"{kind.lower()}_{len(self.nodes)}_{index}" for index in range(outputs)]
        self.close(inputs)
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def close(self, values):
        """Writes the kernels of convolutions that no norm followed."""
        for value in values:
            if value in self.open:
                node, kernel = self.open.pop(value)
                node.input.append(self.constant(kernel, f"{value}_kernel"))

    def input(self, size):
        self.size = size
        return "input"

    def convolution(self, x, kernel, stride):
        size = kernel[1][0]
        before = (size - 1) // 2
        after = size - 1 - before
        output = self.node(
            "Conv", [x], kernel_shape=[size, size], strides=[stride, stride],
            pads=[before, before, after, after])
        self.open[output] = (self.nodes[-1], fill(*kernel).transpose(3, 2, 0, 1))
        return output

    def normalize(self, x, gamma, beta, mean, variance):
        node, kernel = self.open.pop(x)
        gamma, beta, mean, variance = (
            fill(*part).astype(np.float64) for part in (gamma, beta, mean, variance))
        scale = gamma / np.sqrt(variance + EPSILON)
        folded = (kernel * scale[:, None, None, None]).astype(np.float32)
        bias = (beta - mean * scale).astype(np.float32)
        node.input.append(self.constant(folded, f"{x}_kernel"))
        node.input.append(self.constant(bias, f"{x}_bias"))
        return x

    def relu(self, x):
        return self.node("Relu", [x])

    def add(self, x, y):
        return self.node("Add", [x, y])

    def max_pool(self, x):
        return self.node(
            "MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])

    def average_pool(self, x, stride):
        return self.node(
            "AveragePool", [x], kernel_shape=[3, 3], strides=[stride, stride], pads=[1, 1, 1, 1],
            count_include_pad=1)

    def upsample(self, x):
        scales = self.constant(np.array([1, 1, 2, 2], np.float32), f"{x}_scales")
        return self.node(
            "Resize", [x, "", scales], mode="nearest", nearest_mode="floor",
            coordinate_transformation_mode="asymmetric")

    def blur(self, x, channels, stride):
        pads = self.constant(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64), f"{x}_pads")
        x = self.node("Pad", [x, pads], mode="reflect")
        row = np.array([1, 2, 1], np.float32) / 4
        kernel = np.tile(np.outer(row, row)[None, None], (channels, 1, 1, 1))
        return self.node(
            "Conv", [x, self.constant(kernel, f"{x}_blur")], kernel_shape=[3, 3],
            strides=[stride, stride], group=channels)

    def branch_mean(self, x):
        return self.node("GlobalAveragePool", [self.node("Add", self.halves(x))])

    def branch_mix(self, x, weights, channels):
        shape = self.constant(np.array([0, 2, channels, 1], np.int64), f"{weights}_pairs")
        weights = self.node("Softmax", [self.node("Reshape", [weights, shape])], axis=1)
        shape = self.constant(np.array([0, 2 * channels, 1, 1], np.int64), f"{weights}_flat")
        weights = self.halves(self.node("Reshape", [weights, shape]))
        products = [
            self.node("Mul", [branch, weight]) for branch, weight in zip(self.halves(x), weights)
        ]
        return self.node("Add", products)

    def halves(self, x):
        """A value split in two along the channels, once however often it is asked for."""
        for node in self.nodes:
            if node.op_type == "Split" and node.input[0] == x:
                return list(node.output)
        return self.node("Split", [x], outputs=2, axis=1)

    def global_mean(self, x):
        return self.node("Flatten", [self.node("GlobalAveragePool", [x])])

    def dense(self, x, kernel, bias):
        return self.node(
            "Gemm", [x, self.constant(fill(*kernel), "kernel"), self.constant(fill(*bias), "bias")])

    def model(self, logits):
        self.nodes.append(helper.make_node("Identity", [logits], ["logits"]))
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes, "network",
            [value("input", TensorProto.FLOAT, ["batch", 3, self.size, self.size])],
            [value("logits", TensorProto.FLOAT, ["batch", CLASSES])], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        return model


def write(network, path):
    """Writes a network as an ONNX file; returns its variables."""
    backend = OnnxBackend()
    builder = Builder(network, backend)
    model = backend.model(builder.build())
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return builder.variables
