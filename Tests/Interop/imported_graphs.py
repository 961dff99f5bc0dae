"""Lets eval read graphs that TensorFlow writes: training graphs, TF-Hub modules, SavedModels with a decoder, frozen ones;
and TensorFlow what convert makes of them.

usage: REASSEMBLE_BIN=folder-of-the-tools imported_graphs.py [--keep FOLDER] [CASE…]

Training graphs are made by tf.layers, Keras, by hand and (in 1.14) slim, modules in both formats of TF-Hub. Each network has random weights
and moving statistics; its logits in inference are computed by TensorFlow, and compared with those that eval writes, and with those that TensorFlow
computes of the frozen graph and the SavedModel that convert writes (in 1.14 too, but for networks of TensorFlow 2 with operations that it lacks).
Needs tensorflow-cpu 2.15. Where REASSEMBLE_TF1_PYTHON names a Python with TensorFlow 1.14, the cases of
TensorFlow 1 are made there too. Prints a table; the exit status is 1 if a row is wrong. Errors are the largest of a
logit over the largest of its row.
"""

import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

LIMIT = 1e-5
SIDE = 32
CLASSES = 7


def pictures():
    return np.random.RandomState(1).rand(3, SIDE, SIDE, 3).astype(np.float32)


def fill(name, shape):
    """A value for a variable, by its name: positive for variances, small for all else."""
    random = np.random.RandomState(sum(name.encode()) % 10007)
    values = np.asarray(random.rand(*shape), np.float32) - 0.5
    return values + 1 if "variance" in name or "gamma" in name or "variance/EMA" in name else values * 0.6


# TensorFlow 1: graphs and sessions. Each builder takes pictures and a phase and gives logits.


def layers_network(tf, x, training):
    layers = tf.compat.v1.layers
    h = layers.conv2d(x, 8, 3, strides=2, padding="same", use_bias=False)
    h = tf.nn.relu(layers.batch_normalization(h, training=training))
    h = layers.separable_conv2d(h, 12, 3, padding="same")
    h = tf.nn.relu(layers.batch_normalization(h, training=training, fused=False))
    h = layers.dropout(tf.reduce_mean(h, [1, 2]), 0.4, training=training)
    return layers.dense(h, CLASSES)


def slim_network(tf, x, training):
    import tensorflow.contrib.slim as slim

    norm = {"is_training": training, "scale": True, "decay": 0.9}
    with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm, normalizer_params=norm):
        h = slim.conv2d(x, 8, 3, stride=2)
        h = slim.max_pool2d(h, 2)
        h = slim.conv2d(h, 12, 3, normalizer_params=dict(norm, fused=False))
    h = slim.dropout(tf.reduce_mean(h, [1, 2]), 0.7, is_training=training)
    logits = slim.fully_connected(h, CLASSES, activation_fn=None)
    slim.softmax(logits)
    return logits


def keras_network(tf, x, training):
    keras = tf.keras.layers
    h = keras.Conv2D(8, 3, strides=2, use_bias=False)(x)
    h = keras.ReLU()(keras.BatchNormalization()(h, training=training))
    h = keras.Dropout(0.3)(keras.GlobalAveragePooling2D()(h), training=training)
    return keras.Dense(CLASSES)(h)


def hand_network(tf, x, training):
    """Batch norms of tf.nn.moments, moving averages by tf.train.ExponentialMovingAverage."""
    v1 = tf.compat.v1
    kernel = v1.get_variable("conv/weights", [3, 3, 3, 8])
    h = tf.nn.conv2d(x, kernel, [1, 2, 2, 1], "SAME")
    mean, variance = tf.nn.moments(h, [0, 1, 2])
    moving = [v1.get_variable("norm/moving_" + n, [8], trainable=False) for n in ("mean", "variance")]
    if training:
        for average, value in zip(moving, (mean, variance)):
            update = v1.assign(average, average * 0.9 + value * (1 - 0.9))
            v1.add_to_collection(v1.GraphKeys.UPDATE_OPS, update)
    else:
        mean, variance = moving
    beta, gamma = (v1.get_variable("norm/" + n, [8]) for n in ("beta", "gamma"))
    h = tf.nn.relu(tf.nn.batch_normalization(h, mean, variance, beta, gamma, 1e-3))
    h = tf.reshape(h, [-1, 16 * 16 * 8])
    if training:
        h = tf.nn.dropout(h, 0.5) if tf.__version__.startswith("1") else tf.nn.dropout(h, rate=0.5)
    return tf.matmul(h, v1.get_variable("logits/weights", [16 * 16 * 8, CLASSES])) + v1.get_variable("logits/biases", [CLASSES])


NETWORKS = {
    "layers": layers_network, "slim": slim_network, "keras": keras_network, "hand": hand_network,
}


def fill_variables(tf, session):
    v1 = tf.compat.v1
    for variable in v1.global_variables():
        if variable.dtype.base_dtype == tf.float32:
            name = variable.op.name
            variable.load(fill(name, variable.shape.as_list()), session)
        else:
            session.run(variable.initializer)


def make_training(tf, folder, name, phase):
    """A .meta of the training graph with a checkpoint, and the logits of the inference graph."""
    v1 = tf.compat.v1
    v1.disable_eager_execution() if hasattr(v1, "disable_eager_execution") else None
    with tf.Graph().as_default(), v1.Session() as session:
        if phase == "placeholder":
            x = v1.placeholder(tf.float32, [None, SIDE, SIDE, 3])
            y = v1.placeholder(tf.int32, [None])
        else:
            data = tf.data.Dataset.from_tensors((np.zeros([SIDE, SIDE, 3], np.float32), np.int32(0)))
            x, y = v1.data.make_one_shot_iterator(data.repeat().batch(4)).get_next()
        logits = NETWORKS[name](tf, x, v1.placeholder(tf.bool, []) if phase == "placeholder" and name != "hand" else True)
        loss = v1.losses.sparse_softmax_cross_entropy(y, logits)
        with tf.control_dependencies(v1.get_collection(v1.GraphKeys.UPDATE_OPS)):
            v1.train.AdamOptimizer(0.1).minimize(loss, v1.train.get_or_create_global_step())
        fill_variables(tf, session)
        v1.train.Saver().save(session, folder + "/model.ckpt", 7)
    tf.keras.backend.clear_session()
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, SIDE, SIDE, 3])
        logits = NETWORKS[name](tf, x, False)
        fill_variables(tf, session)
        return folder + "/model.ckpt-7.meta", session.run(logits, {x: pictures()})


def make_hub1(tf, folder):
    """A TF-Hub module in the format of TensorFlow 1."""
    import tensorflow_hub as hub

    def module(training):
        x = tf.compat.v1.placeholder(tf.float32, [None, SIDE, SIDE, 3])
        logits = slim_network(tf, x, training)
        hub.add_signature(inputs={"images": x}, outputs={"default": logits})

    spec = hub.create_module_spec(module, tags_and_args=[(set(), {"training": False}), ({"train"}, {"training": True})])
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        instance = hub.Module(spec)
        x = tf.compat.v1.placeholder(tf.float32, [None, SIDE, SIDE, 3])
        logits = instance(x)
        fill_variables(tf, session)
        instance.export(folder + "/module", session)
        return folder + "/module", session.run(logits, {x: pictures()})


def worker(folder, names):
    import warnings

    warnings.simplefilter("ignore")
    import tensorflow as tf

    tf.compat.v1.logging.set_verbosity("ERROR")
    for name in names:
        place = folder + "/" + name
        os.makedirs(place)
        try:
            parts = name.split("-")
            if parts[0] == "train":
                path, logits = make_training(tf, place, parts[1], parts[2])
            elif name == "hub1":
                path, logits = make_hub1(tf, place)
            else:
                path, logits = globals()["make_" + name.replace("-", "_")](tf, place)
            np.save(place + "/logits.npy", logits)
            with open(place + "/path", "w") as file:
                file.write(path)
        except Exception as error:
            with open(place + "/error", "w") as file:
                file.write(type(error).__name__ + ": " + str(error)[-400:])


# TensorFlow 2.


def second_network(tf):
    layers = tf.keras.layers
    x = tf.keras.Input([SIDE, SIDE, 3])
    h = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    h = layers.ReLU()(layers.BatchNormalization()(h))
    h = layers.SeparableConv2D(12, 3)(h)
    h = tf.nn.swish(layers.BatchNormalization(fused=False)(h))
    h = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(h))
    logits = layers.Dense(CLASSES)(h)
    model = tf.keras.Model(x, layers.Softmax()(logits))
    for variable in model.variables:
        variable.assign(fill(variable.name, variable.shape))
    return model, tf.keras.Model(x, logits)(pictures(), training=False).numpy()


def make_hub2(tf, folder):
    """A TF-Hub module in the format of TensorFlow 2: no signature, two phases."""
    model, logits = second_network(tf)

    class Module(tf.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        @tf.function
        def __call__(self, x, training=False):
            return self.model(x, training=training)

    module = Module()
    spec = tf.TensorSpec([None, SIDE, SIDE, 3], tf.float32)
    for training in (True, False):
        module.__call__.get_concrete_function(spec, training=training)
    tf.saved_model.save(module, folder + "/module")
    with open(folder + "/module/tfhub_module.pb", "wb") as file:
        file.write(b"\x08\x03")
    return folder + "/module", logits


def make_decoder(tf, folder):
    """A SavedModel that takes JPEG files."""
    model, logits = second_network(tf)

    class Served(tf.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def serve(self, files):
            def picture(file):
                image = tf.image.convert_image_dtype(tf.io.decode_jpeg(file, channels=3), tf.float32)
                return tf.image.resize(image, [SIDE, SIDE])

            images = tf.map_fn(picture, files, fn_output_signature=tf.TensorSpec([SIDE, SIDE, 3], tf.float32))
            return {"probabilities": self.model(images, training=False)}

    served = Served()
    tf.saved_model.save(served, folder + "/model", signatures=served.serve)
    return folder + "/model", logits


def make_keras_saved(tf, folder):
    model, logits = second_network(tf)
    model.compile("adam", "categorical_crossentropy")
    model.save(folder + "/model", save_format="tf")
    return folder + "/model", logits


def frozen(tf, folder, as_text):
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    model, logits = second_network(tf)
    function = tf.function(lambda x: model(x, training=False))
    concrete = function.get_concrete_function(tf.TensorSpec([None, SIDE, SIDE, 3], tf.float32))
    graph = convert_variables_to_constants_v2(concrete).graph
    name = "graph.pbtxt" if as_text else "graph.pb"
    tf.io.write_graph(graph, folder, name, as_text=as_text)
    return folder + "/" + name, logits


def make_frozen(tf, folder):
    return frozen(tf, folder, False)


def make_frozen_text(tf, folder):
    return frozen(tf, folder, True)


# The comparison.

FIRST = ["train-%s-%s" % (n, p) for n in ("layers", "slim", "keras", "hand") for p in ("placeholder", "dataset")]
SECOND = ["hub2", "decoder", "keras-saved", "frozen", "frozen-text"]


def evaluated(path, folder):
    tool = os.path.join(os.environ["REASSEMBLE_BIN"], "eval")
    np.save(folder + "/x.npy", pictures())
    command = [tool, "--model-dir", path, "--tensor", folder + "/x.npy", "--logits", folder + "/ours.npy", "--force"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()
    return np.load(folder + "/ours.npy"), ""


def compare(folder, name):
    place = folder + "/" + name
    if os.path.exists(place + "/error"):
        return "%-28s not made: %s" % (name, open(place + "/error").read().replace("\n", " ")), False
    expected = np.load(place + "/logits.npy")
    ours, problem = evaluated(open(place + "/path").read(), place)
    if ours is None:
        return "%-28s %s" % (name, problem), False
    if ours.shape != expected.shape:
        return "%-28s shape %s, expected %s" % (name, ours.shape, expected.shape), False
    error = (np.abs(ours - expected).max(1) / np.abs(expected).max(1)).max()
    same = (ours.argmax(1) == expected.argmax(1)).all()
    return "%-28s %.1e%s" % (name, error, "" if same else ", another class"), bool(error <= LIMIT and same)


# Exports.

FORMS = {"frozen": "frozen.pb", "saved-model": "saved"}


def convert(path, folder):
    """Writes both forms; says what went wrong."""
    tool = os.path.join(os.environ["REASSEMBLE_BIN"], "convert")
    problems = {}
    for form, name in FORMS.items():
        command = [tool, path, "--to", form, "-o", folder + "/" + name, "--force"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            problems[form] = (done.stderr.strip() or done.stdout.strip())[-400:]
    return problems


def loaded(tf, form, path):
    """What a written graph gives of the pictures: the first output that has a row of classes for each."""
    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph, v1.Session() as session:
        if form == "frozen":
            definition = v1.GraphDef()
            with open(path, "rb") as file:
                definition.ParseFromString(file.read())
            tf.import_graph_def(definition, name="")
            taken = {tensor.op.name for operation in graph.get_operations() for tensor in operation.inputs}
            inputs = [o.outputs[0] for o in graph.get_operations() if o.type == "Placeholder"]
            outputs = [o.outputs[0] for o in graph.get_operations() if o.name not in taken and o.outputs]
        else:
            meta = v1.saved_model.loader.load(session, ["serve"], path)
            signature = meta.signature_def["serving_default"]
            inputs = [graph.get_tensor_by_name(info.name) for info in signature.inputs.values()]
            outputs = [graph.get_tensor_by_name(info.name) for _, info in sorted(signature.outputs.items())]
        values = session.run(outputs, {inputs[0]: pictures()})
    return next(value for value in values if value.shape == (3, CLASSES))


def loader(folder, names):
    import warnings

    warnings.simplefilter("ignore")
    import tensorflow as tf

    tf.compat.v1.logging.set_verbosity("ERROR")
    for name in names:
        for form, file in FORMS.items():
            place = folder + "/" + name + "/" + file
            if not os.path.exists(place):
                continue
            result = folder + "/" + name + "/" + form + "-" + tf.__version__
            try:
                np.save(result + ".npy", loaded(tf, form, place))
            except Exception as error:
                with open(result + ".error", "w") as file:
                    file.write(type(error).__name__ + ": " + str(error)[-400:].replace("\n", " "))


def compare_exports(folder, name, problems):
    place = folder + "/" + name
    logits = np.load(place + "/logits.npy")
    powers = np.exp(logits - logits.max(1, keepdims=True))
    lines = []
    for form, problem in problems.items():
        lines.append(("%-28s to %s: %s" % (name, form, problem), False))
    for file in sorted(os.listdir(place)):
        form, _, version = file.rpartition("-")
        if form not in FORMS:
            continue
        title = "%-28s to %s, in TensorFlow %s" % (name, form, os.path.splitext(version)[0])
        if file.endswith(".error"):
            lines.append((title + ": " + open(place + "/" + file).read(), False))
            continue
        found = np.load(place + "/" + file)
        isShare = np.allclose(found.sum(1), 1, atol=1e-4) and (found >= 0).all()
        expected = powers / powers.sum(1, keepdims=True) if isShare else logits
        error = (np.abs(found - expected).max(1) / np.abs(expected).max(1)).max()
        lines.append(("%s: %.1e" % (title, error), bool(error <= LIMIT)))
    if not problems and len([l for l in lines if l[1]]) < len(FORMS):
        lines.append(("%-28s was not loaded" % name, False))
    return lines


def main():
    arguments = sys.argv[1:]
    keep = arguments.pop(arguments.index("--keep") + 1) if "--keep" in arguments else None
    names = [a for a in arguments if a != "--keep"] or FIRST + SECOND
    isRight = True
    with tempfile.TemporaryDirectory() as temporary:
        # Graphs and eager execution exclude each other in a process.
        both = [[n for n in FIRST if "slim" not in n], SECOND]
        jobs = [(sys.executable, [n for n in names if n in group], "") for group in both]
        first = os.environ.get("REASSEMBLE_TF1_PYTHON")
        if first:
            jobs.append((first, [n for n in names if n in FIRST] + ["hub1"], " by 1.14"))
        for number, (python, wanted, by) in enumerate(jobs):
            folder = os.path.join(keep or temporary, str(number))
            subprocess.run([python, __file__, "--worker", folder] + wanted, stderr=subprocess.DEVNULL)
            made = [n for n in wanted if os.path.exists(folder + "/" + n + "/path")]
            problems = {n: convert(open(folder + "/" + n + "/path").read(), folder + "/" + n) for n in made}
            for loading in [sys.executable] + ([first] if first else []):
                subprocess.run([loading, __file__, "--load", folder] + made, stderr=subprocess.DEVNULL)
            for name in wanted:
                lines = [compare(folder, name)]
                if name in made:
                    lines += compare_exports(folder, name, problems[name])
                for text, good in lines:
                    isRight = isRight and good
                    print(("ok    " if good else "WRONG ") + text + by, flush=True)
    sys.exit(0 if isRight else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:2] == ["--load"]:
        loader(sys.argv[2], sys.argv[3:])
    else:
        main()
