"""The peers: each is made ready for one model, batch and thread count, and then runs it on a batch.

Each is set up as its own documentation advises for one batch at a time on a given number of cores.
"""

import numpy as np


class TensorFlow:
    model = "pb"
    layout = "NHWC"
    output = "logits:0"

    def __init__(self, path, shape, threads):
        import tensorflow as tf

        definition = tf.compat.v1.GraphDef()
        definition.ParseFromString(path.read_bytes())
        graph = tf.Graph()
        with graph.as_default():
            tf.import_graph_def(definition, name="")
        del definition
        config = tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=threads, inter_op_parallelism_threads=1)
        self.session = tf.compat.v1.Session(graph=graph, config=config)
        self.call = self.session.make_callable(
            graph.get_tensor_by_name(self.output), [graph.get_tensor_by_name("input:0")])
        self.version = tf.__version__

    def run(self, pictures):
        return self.call(pictures)


class OnnxRuntime:
    model = "onnx"
    layout = "NCHW"

    def __init__(self, path, shape, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.add_free_dimension_override_by_name("batch", shape[0])
        # Threads spin while a batch is computed, which is faster, and sleep between batches.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self.session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.version = onnxruntime.__version__

    def run(self, pictures):
        return self.session.run(None, {self.input: pictures})[0]


class OpenVINO:
    model = "onnx"
    layout = "NCHW"
    precision = "f32"

    def __init__(self, path, shape, threads):
        import openvino

        core = openvino.Core()
        model = core.read_model(path)
        model.reshape(list(shape))
        compiled = core.compile_model(
            model, "CPU", {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": 1,
                "INFERENCE_PRECISION_HINT": self.precision,
            })
        self.request = compiled.create_infer_request()
        self.version = openvino.get_version().split("-")[0]

    def run(self, pictures):
        return next(iter(self.request.infer([pictures], share_inputs=True).values()))


class OpenVINOBFloat16(OpenVINO):
    precision = "bf16"


PROGRAMS = {
    "tensorflow": TensorFlow,
    "onnxruntime": OnnxRuntime,
    "openvino": OpenVINO,
    "openvino-bf16": OpenVINOBFloat16,
}


def batch_for(program, size, batch):
    """The golden pictures as a program wants them."""
    from .fill import pictures

    values = pictures(size, batch)
    if program.layout == "NCHW":
        values = np.ascontiguousarray(values.transpose(0, 3, 1, 2))
    return values
