"""Computes what `convert` exports in ONNX Runtime, OpenVINO and PyTorch, and reads it in NumPy and safetensors.

usage: onnx.py [--all]

The trained checkpoint of fixtures/tiny on 100 pictures, and Assemble-ResNet-50 in full width (with --all: all fourteen
architectures of fixtures/graphs), each against TensorFlow 1.14's logits. REASSEMBLE_BIN is the folder of the tools. The exit
status is 1 if something differs.
"""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# This file is called onnx as well.
sys.path.pop(0)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import onnx
import onnxruntime
import openvino
import safetensors.numpy
from PIL import Image

try:
    import torch
except ImportError:
    # PyTorch's default wheel is too large to be asked for.
    torch = None

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(root / "Tests/Benchmarks"))
from peers.fill import fill, pictures  # noqa: E402

tools = pathlib.Path(os.environ["REASSEMBLE_BIN"])
rows = []
failures = 0
if torch:
    torch.set_num_threads(1)
else:
    print("PyTorch is not installed: its rows are left out")


def run(tool, *arguments):
    result = subprocess.run([tools / tool, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{tool} {' '.join(map(str, arguments))}\n{result.stdout}{result.stderr}")
    return result.stdout


def row(network, reader, error, same, count, limit):
    global failures
    failed = not (error <= limit and same == count)
    failures += failed
    rows.append((network, reader, f"{error:.1e}", f"{same}/{count}", "FAIL" if failed else "ok"))


def compare(network, reader, found, expected, limit):
    scale = np.abs(expected).max(axis=1, keepdims=True)
    error = float((np.abs(found - expected) / scale).max())
    same = int((found.argmax(1) == expected.argmax(1)).sum())
    row(network, reader, error, same, len(expected), limit)


def runtime(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def in_runtime(path, values):
    session = runtime(path)
    name = session.get_inputs()[0].name
    parts = [session.run(["logits"], {name: values[i:i + 25]})[0] for i in range(0, len(values), 25)]
    return np.concatenate(parts)


def in_openvino(path, values):
    model = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"})
    return np.concatenate([model(values[i:i + 25])["logits"] for i in range(0, len(values), 25)])


def in_torch(path, values):
    spec = importlib.util.spec_from_file_location("network", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    with torch.no_grad():
        return torch.cat([model(torch.from_numpy(values[i:i + 25])) for i in range(0, len(values), 25)]).numpy()


def models(folder, source, flags, network, values, goldens, limit):
    """Every way to a network's logits; `values` are [batch, height, width, 3]."""
    planar = np.ascontiguousarray(values.transpose(0, 3, 1, 2))
    forms = [("kept", [], planar), ("folded, NHWC, any size", ["--fold", "--layout", "nhwc", "--dynamic-size"], values)]
    for form, more, given in forms:
        path = f"{folder}/model.onnx"
        run("convert", source, "-o", path, "--force", *flags, *more)
        onnx.checker.check_model(path, full_check=True)
        for name, logits in [("ONNX Runtime", in_runtime(path, given)), ("OpenVINO", in_openvino(path, given))]:
            for golden, expected in goldens.items():
                compare(network, f"ONNX {form}: {name}, against {golden}", logits, expected, limit)
    run("convert", source, "-o", f"{folder}/net.py", "--force", *flags)
    if not torch:
        return
    logits = in_torch(f"{folder}/net.py", planar)
    for golden, expected in goldens.items():
        compare(network, f"PyTorch, against {golden}", logits, expected, limit)


def arrays(folder, source, network):
    """Weights as others read them, bit for bit against the checkpoint as TensorFlow reads it."""
    import tensorflow as tf
    reader = tf.train.load_checkpoint(source)
    expected = {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    run("convert", source, "-o", f"{folder}/a.safetensors")
    run("convert", source, "-o", f"{folder}/a.npz")
    with np.load(f"{folder}/a.npz") as archive:
        numpy = {name: archive[name] for name in archive.files}
    for kind, found in [("safetensors", safetensors.numpy.load_file(f"{folder}/a.safetensors")), ("NumPy", numpy)]:
        same = sum(name in found and found[name].dtype == value.dtype and found[name].shape == np.shape(value)
                   and found[name].tobytes() == np.asarray(value).tobytes() for name, value in expected.items())
        row(network, f"{kind}: tensors bit for bit", 0, same, max(len(expected), len(found)), 0)
    # NumPy's own archives, plain and compressed, are sources.
    small = {name: np.asarray(value) for name, value in expected.items() if "dense" in name}
    for save, form in [(np.savez, "plain"), (np.savez_compressed, "compressed")]:
        save(f"{folder}/{form}.npz", **small)
        run("convert", f"{folder}/{form}.npz", "--to", "tf", "-o", f"{folder}/{form}", "--no-meta")
        back = tf.train.load_checkpoint(f"{folder}/{form}")
        same = sum(back.get_tensor(name).tobytes() == value.tobytes() for name, value in small.items())
        row(network, f"NumPy's {form} archive, home again", 0, same, len(small), 0)
    # Home again from PyTorch's names.
    run("convert", source, "-o", f"{folder}/timm.safetensors", "--names", "timm-like")
    run("convert", f"{folder}/timm.safetensors", "--to", "tf", "-o", f"{folder}/home", "--no-meta")
    home = tf.train.load_checkpoint(f"{folder}/home")
    same = sum(np.asarray(home.get_tensor(name)).tobytes() == np.asarray(value).tobytes() for name, value in expected.items())
    row(network, "timm-like names, home again", 0, same, len(expected), 0)


def prepared(folder, source, flags, values, expected):
    """Decoded pictures into a model that prepares them itself."""
    import io
    import tensorflow as tf
    path = f"{folder}/prepares.onnx"
    run("convert", source, "-o", path, "--with-preprocessing", *flags)
    model = onnx.load(path)
    model.graph.output.append(onnx.helper.make_tensor_value_info("stem/input", onnx.TensorProto.FLOAT, None))
    session = runtime(model.SerializeToString())
    logits, equal = [], 0
    records = tf.data.TFRecordDataset(str(root / "fixtures/tiny/data/validation-00000-of-00004"))
    for record, value in zip(records, values):
        example = tf.train.Example.FromString(record.numpy())
        encoded = example.features.feature["image/encoded"].bytes_list.value[0]
        picture = np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB"))[None]
        found, pixels = session.run(["logits", "stem/input"], {"image": picture})
        logits.append(found[0])
        equal += pixels[0].transpose(1, 2, 0).tobytes() == value.tobytes()
    row("tiny", "ONNX with preprocessing: pictures bit for bit", 0, equal, len(values), 0)
    compare("tiny", "ONNX with preprocessing: ONNX Runtime", np.stack(logits), expected, 3e-5)


def tiny(folder):
    flags = ["--use_sk_block=True", "--anti_alias_type=sconv", "--anti_alias_filter_size=3"]
    source = root / "fixtures/tiny/model/model.ckpt-2000"
    run("eval", "--eval_only=True", f"--data_dir={root}/fixtures/tiny/data", f"--model_dir={source.parent}",
        "--preprocessing_type=imagenet_096", "--val-regex", "validation-00000-*", *flags,
        "--pixels", f"{folder}/pixels.npy", "--logits", f"{folder}/logits.npy")
    values = np.load(f"{folder}/pixels.npy")[:100]
    ours = np.load(f"{folder}/logits.npy")[:100]
    golden = np.load(root / "fixtures/tiny/eval-imagenet_096/logits.npy")[:100]
    goldens = {"ours": ours, "TensorFlow 1.14": golden}
    flags += ["--preprocessing_type=imagenet_096"]
    # TensorFlow's logits of this checkpoint are up to 2e-5 from float64 themselves.
    models(folder, source, flags, "tiny", values, goldens, 3e-5)
    arrays(folder, str(source), "tiny")
    prepared(folder, source, flags, values, golden)


def golden(folder, name):
    description = json.loads((root / f"fixtures/graphs/{name}.json").read_text())
    source = f"{folder}/{name}.npz"
    np.savez(source, **{variable: fill(variable, shape) for variable, shape, _ in description["variables"]})
    size = description["image_size"]
    values = pictures(size, 2)
    flags = [f"--{flag}={value}" for flag, value in description["flags"].items() if flag != "bn_momentum"]
    flags += ["--preprocessing_type=imagenet", f"--image-size={size}"]
    expected = np.load(root / f"fixtures/graphs/{name}.logits.npy")
    models(folder, source, flags, name, values, {"TensorFlow 1.14": expected}, 1e-5)
    os.remove(source)


def main():
    names = ["assemble-50"]
    if "--all" in sys.argv:
        names = sorted(path.stem for path in (root / "fixtures/graphs").glob("*.json"))
    with tempfile.TemporaryDirectory() as folder:
        tiny(folder)
        for name in names:
            golden(folder, name)
    widths = [max(len(line[column]) for line in rows) for column in range(5)]
    for line in [("network", "computed or read by", "error", "same", "")] + rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    print(f"{failures} of {len(rows)} checks failed; error: largest difference over the largest logit of its row; "
          "same: pictures with the same argmax, or tensors")
    sys.exit(1 if failures else 0)


main()
