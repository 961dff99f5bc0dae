"""Runs the graphs that convert writes in TensorFlow itself: frozen GraphDef, SavedModel, .meta.

usage: REASSEMBLE_BIN=folder-of-the-tools tensorflow_graphs.py [--all]

The trained checkpoint of fixtures/tiny, Assemble-ResNet-50 in full width, and one architecture of each version of
fixtures/graphs (with --all: all fourteen).
Needs tensorflow-cpu 2.15. Where REASSEMBLE_TF1_PYTHON names a Python with TensorFlow 1.14, everything runs there too.
Prints a table; the exit status is 1 if a row is wrong. Errors are the largest of a logit over the largest of its row.
"""

import filecmp
import glob
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "..", "fixtures")
LOGITS = "resnet_model/final_dense:0"
STAMP = "1500000000"


# The worker: loads one model after the other in whichever TensorFlow this Python has.


def work():
    import warnings

    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import tensorflow as tf

    tf1 = tf.compat.v1
    tf1.logging.set_verbosity("ERROR")
    answers.write(json.dumps(tf.__version__) + "\n")
    answers.flush()
    for line in sys.stdin:
        job = json.loads(line)
        pictures = read_strings(job["input"]) if job["kind"] == "jpeg" else np.load(job["input"], mmap_mode="r")
        try:
            logits = globals()["run_" + job["kind"]](tf, job, pictures)
            np.save(job["output"], logits)
            answer = "ok"
        except Exception as error:
            answer = str(error)[-400:]
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def batches(pictures, run):
    return np.concatenate([run(pictures[i:i + 25]) for i in range(0, len(pictures), 25)])


def run_frozen(tf, job, pictures):
    tf1 = tf.compat.v1
    graph = tf1.GraphDef()
    with open(job["path"], "rb") as file:
        graph.ParseFromString(file.read())
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.import_graph_def(graph, name="")
        return batches(pictures, lambda part: session.run(LOGITS, {"input_tensor:0": part}))


def run_meta(tf, job, pictures):
    """Restores the checkpoint through its .meta, and saves it again: the bytes must be the same."""
    tf1 = tf.compat.v1
    with tf.Graph().as_default(), tf1.Session() as session:
        saver = tf1.train.import_meta_graph(job["path"] + ".meta")
        saver.restore(session, job["path"])
        saver.save(session, job["path"] + "-again", write_meta_graph=False)
        for end in (".index", ".data-00000-of-00001"):
            if not filecmp.cmp(job["path"] + end, job["path"] + "-again" + end, shallow=False):
                raise ValueError("saved again, %s differs" % end)
        return batches(pictures, lambda part: session.run(LOGITS, {"input_tensor:0": part}))


def run_saved(tf, job, pictures):
    """Loads a SavedModel the way the version at hand prefers, and checks its signatures on the way."""
    tf1 = tf.compat.v1
    key = job.get("key", "input")
    with tf.Graph().as_default(), tf1.Session() as session:
        meta = tf1.saved_model.load(session, ["serve"], job["path"])
        if sorted(meta.signature_def) != ["predict", "serving_default"]:
            raise ValueError("signatures %s" % sorted(meta.signature_def))
        signature = meta.signature_def["serving_default"]
        names = {name: info.name for name, info in signature.outputs.items()}
        if [info.name for info in [signature.inputs[key]]] != ["input_tensor:0"] or names != {
                "classes": "ArgMax:0", "probabilities": "softmax_tensor:0", "probabilities_sigmoid": "sigmoid_tensor:0"}:
            raise ValueError("a signature from %s to %s" % (list(signature.inputs), names))
        fetches = [LOGITS, "ArgMax:0", "softmax_tensor:0", "sigmoid_tensor:0"]
        first = session.run(fetches, {"input_tensor:0": pictures[:25]})
        check_outputs(*first)
        logits = batches(pictures, lambda part: session.run(LOGITS, {"input_tensor:0": part}))
    if tf.__version__ >= "2" and job.get("calls", True):
        model = tf.saved_model.load(job["path"])
        for name in ("predict", "serving_default"):
            out = model.signatures[name](**{key: tf.constant(pictures[:25])})
            check_outputs(logits[:25], out["classes"].numpy(), out["probabilities"].numpy(), out["probabilities_sigmoid"].numpy())
    return logits


def run_jpeg(tf, job, pictures):
    return run_saved(tf, dict(job, key="image_bytes"), pictures)


def check_outputs(logits, classes, probabilities, sigmoids):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    for name, ours, theirs in [("classes", logits.argmax(1), classes),
                               ("probabilities", powers / powers.sum(1, keepdims=True), probabilities),
                               ("probabilities_sigmoid", 1 / (1 + np.exp(-logits)), sigmoids)]:
        if not np.allclose(ours, theirs, atol=1e-4):
            raise ValueError("%s are not those of the logits" % name)


def read_strings(path):
    with open(path, "rb") as file:
        data = file.read()
    strings, place = [], 0
    while place < len(data):
        (size,) = struct.unpack_from("<I", data, place)
        strings.append(data[place + 4:place + 4 + size])
        place += 4 + size
    return np.array(strings, dtype=object)


# The other side: writes the models with convert, has the workers run them, compares.


class Worker:
    def __init__(self, python):
        self.process = subprocess.Popen([python, os.path.abspath(__file__), "--worker"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
        self.version = json.loads(self.process.stdout.readline() or '""')

    def run(self, **job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline() or '"the interpreter has died"')


class Report:
    def __init__(self, folder, workers):
        self.folder, self.workers, self.failures, self.rows = folder, workers, 0, []
        print("%-34s %-18s %8s %12s %12s %10s" % ("model", "in TensorFlow", "pictures", "to golden", "to ours", "argmax"))

    def row(self, model, worker, golden, ours, tolerance=3e-5, labels=None, accuracy=None, **job):
        output = os.path.join(self.folder, "logits.npy")
        answer = worker.run(output=output, **job)
        if answer != "ok":
            self.failures += 1
            print("%-34s %-18s FAILED: %s" % (model, job["kind"] + " " + worker.version, answer), flush=True)
            return
        logits = np.load(output)
        errors = [error(logits, other) for other in (golden, ours)]
        same = int((logits.argmax(1) == (golden if golden is not None else ours)[:len(logits)].argmax(1)).sum())
        ok = same == len(logits) and all(value is None or value <= tolerance for value in errors)
        note = ""
        if labels is not None:
            found = float((logits.argmax(1) == labels).mean())
            ok = ok and abs(found - accuracy) < 5e-7
            note = "  accuracy %.6f" % found
        self.failures += not ok
        print("%-34s %-18s %8d %12s %12s %10s%s%s" % (
            model, job["kind"] + " " + worker.version, len(logits), *("" if e is None else "%.1e" % e for e in errors),
            "%d/%d" % (same, len(logits)), note, "" if ok else "  WRONG"), flush=True)


def error(logits, expected):
    if expected is None:
        return None
    expected = expected[:len(logits)]
    return float((np.abs(logits - expected).max(1) / np.abs(expected).max(1)).max())


def tool(name, *arguments):
    done = subprocess.run([os.path.join(os.environ["REASSEMBLE_BIN"], name), *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        raise SystemExit("%s %s: %s%s" % (name, arguments, done.stdout[-2000:], done.stderr[-2000:]))


def uniform(name, count):
    """The deterministic numbers of fixtures/graphs: see its README."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = (state ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(2**24)


def fill(name, shape):
    draws = uniform(name, int(np.prod(shape))).reshape(shape)
    kind = name.split("/")[-1]
    if kind == "kernel":
        return (2 * draws - 1) * np.float32(np.sqrt(6 / np.prod(shape[:-1])))
    if kind == "gamma":
        return np.float32(0.25) + np.float32(0.5) * draws
    if kind == "moving_variance":
        return np.float32(0.75) + np.float32(0.5) * draws
    return (draws - np.float32(0.5)) * np.float32(0.2)


def save_filled(prefix, variables):
    import tensorflow as tf

    variables = sorted(variables)
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=[v[0] for v in variables], shape_and_slices=[""] * len(variables),
                      tensors=[tf.constant(fill(v[0], v[1])) for v in variables])


def model_folder(target, kind):
    return os.path.join(target, "channels_last", kind + "_input", STAMP)


def tiny(report, folder):
    golden = np.load(FIXTURES + "/tiny/eval-imagenet_096/logits.npy")
    labels = np.load(FIXTURES + "/tiny/eval-imagenet_096/labels.npy")
    flags = ["--anti_alias_type=sconv", "--anti_alias_filter_size=3", "--preprocessing_type=imagenet_096"]
    source = FIXTURES + "/tiny/model"
    pixels, logits, jpegs = (os.path.join(folder, name) for name in ("pixels.npy", "ours.npy", "jpegs"))
    tool("eval", "--model-dir", source, "--data-dir", FIXTURES + "/tiny/data", *flags, "--pixels", pixels, "--logits", logits)
    ours = np.load(logits)
    hundred = os.path.join(folder, "hundred.npy")
    np.save(hundred, np.load(pixels)[:100])
    with open(jpegs, "wb") as file:
        for encoded in encoded_pictures():
            file.write(struct.pack("<I", len(encoded)) + encoded)
    frozen, export, back = (os.path.join(folder, name) for name in ("tiny.pb", "export", "back"))
    tool("convert", source, "-o", frozen, *flags)
    tool("convert", source, "-o", export, "--to", "saved-model", "--timestamp", STAMP, *flags)
    tool("convert", source, "-o", back, "--to", "tf", *flags)
    for worker in report.workers:
        for kind, path in [("frozen", frozen), ("saved", model_folder(export, "preprocessed")), ("meta", back)]:
            report.row("tiny", worker, golden[:100], ours[:100], kind=kind, path=path, input=hundred)
        report.row("tiny, from JPEG", worker, golden, ours, labels=labels, accuracy=0.648, kind="jpeg",
                   path=model_folder(export, "binary"), input=jpegs)


def encoded_pictures():
    import tensorflow as tf

    for path in sorted(glob.glob(FIXTURES + "/tiny/data/validation-*")):
        for record in tf.data.TFRecordDataset(path):
            example = tf.train.Example.FromString(record.numpy())
            yield example.features.feature["image/encoded"].bytes_list.value[0]


def flags_of(graph):
    return ["--%s=%s" % (name, value) for name, value in graph["flags"].items()]


def full_width(report, folder):
    """Assemble-ResNet-50 at full width on the JPEGs of fixtures/tiny."""
    with open(FIXTURES + "/graphs/assemble-50.json") as file:
        graph = json.load(file)
    source = os.path.join(folder, "assemble-50")
    save_filled(source, graph["variables"])
    flags = flags_of(graph) + ["--preprocessing_type=imagenet_096"]
    pixels, logits = os.path.join(folder, "pixels.npy"), os.path.join(folder, "ours.npy")
    tool("eval", "--checkpoint", source, "--data-dir", FIXTURES + "/tiny/data", *flags, "--limit", 100, "--pixels", pixels,
         "--logits", logits, "--force")
    ours = np.load(logits)
    frozen, export, back = (os.path.join(folder, name) for name in ("full.pb", "full", "full-back"))
    tool("convert", source, "-o", frozen, *flags)
    tool("convert", source, "-o", export, "--to", "saved-model", "--timestamp", STAMP, *flags)
    tool("convert", source, "-o", back, "--to", "tf", *flags)
    for worker in report.workers:
        for kind, path in [("frozen", frozen), ("saved", model_folder(export, "preprocessed")), ("meta", back)]:
            report.row("Assemble-ResNet-50, full width", worker, None, ours, tolerance=1e-5, kind=kind, path=path, input=pixels)


def architectures(report, folder, names):
    for name in names:
        path = "%s/graphs/%s.json" % (FIXTURES, name)
        with open(path) as file:
            graph = json.load(file)
        place = tempfile.mkdtemp(dir=folder)
        source, size = os.path.join(place, name), graph["image_size"]
        save_filled(source, graph["variables"])
        pixels = os.path.join(place, "pixels.npy")
        np.save(pixels, uniform("input", 2 * size * size * 3).reshape(2, size, size, 3) * np.float32(255) - np.float32(118))
        flags = flags_of(graph) + ["--preprocessing_type=imagenet", "--image-size=%d" % size]
        # The tests prove such graphs by plain arithmetic; here TensorFlow does it.
        tool("convert", source, "-o", place + "/export", "--to", "saved-model", "--timestamp", STAMP, "--no-verify", *flags)
        golden = np.load(path[:-len(".json")] + ".logits.npy")
        for worker in report.workers:
            report.row(name, worker, golden, None, tolerance=1e-5, kind="saved", path=model_folder(place + "/export", "preprocessed"),
                       input=pixels, calls=False)
        shutil.rmtree(place)


def main():
    workers = [Worker(sys.executable)]
    older = os.environ.get("REASSEMBLE_TF1_PYTHON")
    if older:
        workers.append(Worker(older))
    else:
        print("TensorFlow 1.14 is skipped: REASSEMBLE_TF1_PYTHON names no Python that has it")
    with tempfile.TemporaryDirectory() as folder:
        report = Report(folder, workers)
        tiny(report, folder)
        full_width(report, folder)
        names = ["assemble-50", "gem-emb-50"]
        if "--all" in sys.argv:
            names = sorted(os.path.basename(path)[:-len(".json")] for path in glob.glob(FIXTURES + "/graphs/*.json"))
        architectures(report, folder, names)
    print("%d rows are wrong" % report.failures if report.failures else "all rows are right")
    sys.exit(1 if report.failures else 0)


if __name__ == "__main__":
    work() if sys.argv[1:] == ["--worker"] else main()
