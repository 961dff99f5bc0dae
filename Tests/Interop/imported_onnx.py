"""Computes what `convert` makes of foreign networks as ONNX models in ONNX Runtime and OpenVINO.

usage: imported_onnx.py [FOLDER ...]

The networks of fixtures/import, and of FOLDERs like it, with the weights that their recipe gives them, each against
TensorFlow 1.14's logits; ONNX's own checker looks at every model. REASSEMBLE_BIN is the folder of the tools. The exit status
is 1 if something differs.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# A file beside this one is called onnx as well.
sys.path.pop(0)
import numpy as np
import onnx
import onnxruntime

try:
    import openvino
except ImportError:
    openvino = None
    print("OpenVINO is not installed: its rows are left out")

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(root / "Tests/Benchmarks"))
from peers.fill import uniform  # noqa: E402

convert = pathlib.Path(os.environ["REASSEMBLE_BIN"]) / "convert"
LIMIT = 1e-5


def value(case, variable):
    """A variable's value by the recipe."""
    key, shape = variable["key"], variable["shape"]
    if variable["dtype"] != "float32":
        return np.zeros(shape, variable["dtype"])
    if variable.get("recipe") is False:
        return np.array(variable["values"], np.float32).reshape(shape)
    draws = uniform(case["salt"] + key, int(np.prod(shape))).reshape(shape)
    parts = key.split("/.ATTRIBUTES")[0].split("/")
    if parts[-1] in ("ExponentialMovingAverage", "EMA"):
        parts.pop()
    role = parts[-1]
    if role in ("depthwise_kernel", "depthwise_weights"):
        return (2 * draws - 1) * np.float32(np.sqrt(6 / (shape[0] * shape[1])))
    if role in ("kernel", "weights", "pointwise_kernel", "pointwise_weights", "w"):
        return (2 * draws - 1) * np.float32(np.sqrt(6 / np.prod(shape[:-1])))
    if role == "gamma":
        return (np.float32(0.75) + np.float32(0.5) * draws) * np.float32(case.get("gamma_gain", 1))
    if role in ("moving_variance", "variance"):
        return np.float32(0.75) + np.float32(0.5) * draws
    return (draws - np.float32(0.5)) * np.float32(0.2)


def pictures(case):
    """Noise, and squares."""
    side = case["input_shape"][1]
    coarse = (side + 15) // 16
    noise = uniform(case["salt"] + "input", side * side * 3).reshape(side, side, 3)
    squares = uniform(case["salt"] + "input/coarse", coarse * coarse * 3).reshape(coarse, coarse, 3)
    squares = squares.repeat(16, 0).repeat(16, 1)[:side, :side]
    offset, scale = np.float32(case["input_scale"])
    return np.stack([noise, squares]) * scale + offset


def source(case, place, folder):
    """What a user would name: the graph with its checkpoint beside it."""
    if case["form"] == "hub":
        return place / case["module"]
    import tensorflow as tf

    graph = "model.ckpt.meta" if case["form"] == "meta" else "saved_model.pb"
    (folder / graph).write_bytes((place / graph).read_bytes())
    prefix = folder / "model.ckpt"
    names = [variable["key"] for variable in case["variables"]]
    values = [value(case, variable) for variable in case["variables"]]
    if case["form"] != "meta":
        (folder / "variables").mkdir()
        prefix = folder / "variables/variables"
        names.append("_CHECKPOINTABLE_OBJECT_GRAPH")
        values.append((place / "object_graph.pb").read_bytes())
    tf.raw_ops.SaveV2(
        prefix=str(prefix), tensor_names=names, shape_and_slices=[""] * len(names), tensors=values
    )
    return folder / graph if case["form"] == "meta" else folder


def in_runtime(path, given):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: given})


def in_openvino(path, given):
    core = openvino.Core()
    model = core.compile_model(core.read_model(str(path)), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return list(model([given]).values())


def check(place, folder):
    case = json.loads((place / "case.json").read_text())
    given = np.load(place / "input.npy") if case["form"] == "hub" else pictures(case)
    expected = np.load(place / "logits.npy")
    command = [convert, source(case, place, folder), "--to", "onnx", "-o", folder / "net.onnx"]
    command += ["--image-size", given.shape[1], "--no-verify"]
    stated = case["outputs"].get("logits") if case["form"] == "meta" else None
    if stated and not case.get("training"):
        command += ["--output-tensor", stated]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        return [("convert", done.stderr.strip()[-400:], False)]
    model = onnx.load(folder / "net.onnx")
    onnx.checker.check_model(model, full_check=True)
    turns = sum(node.op_type == "Transpose" for node in model.graph.node)
    powers = np.exp(expected - expected.max(1, keepdims=True))
    shares = powers / powers.sum(1, keepdims=True)
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    planar = np.ascontiguousarray(given.transpose(0, 3, 1, 2)) if shape[1] == 3 else given
    rows = []
    readers = [("ONNX Runtime", in_runtime)] + ([("OpenVINO", in_openvino)] if openvino else [])
    for name, reader in readers:
        found = next(v for v in reader(folder / "net.onnx", planar) if v.shape == expected.shape)
        is_share = np.allclose(found.sum(1), 1, atol=1e-4) and (found >= 0).all()
        wanted = shares if is_share else expected
        error = float((np.abs(found - wanted).max(1) / np.abs(wanted).max(1)).max())
        same = (found.argmax(1) == wanted.argmax(1)).all()
        text = f"{error:.1e}, {len(model.graph.node)} operators, {turns} transposes"
        rows.append((name, text, bool(error <= LIMIT and same)))
    return rows


# Operations whose forms are made of several operators, or that ask for a newer version of them.
OPERATIONS = """bit bitwiseand bitwiseor bitwisexor cropandresize cumsum dil lgamma n-conv3d-same n-conv3d-valid n-conv3d-wide
n-maxpool3d-same n-maxpool3d-valid n-avgpool3d-same n-avgpool3d-valid n-segmentsum n-segmentmean n-segmentprod n-segmentmax
n-segmentmin n-unsortedsegmentsum n-unsortedsegmentmax n-unsortedsegmentmaxgap n-unsortedsegmentmin n-unsortedsegmentprod
n-sparsesegmentsum n-sparsesegmentmean n-euclideannorm n-approximateequal n-bucketize n-tensorscatteradd n-tensorscattersub
n-scatterndnonaliasingadd""".split()


def check_operation(case, place, folder):
    """A graph of one operation, against what TensorFlow 2.15 gave."""
    names = sorted(case["outputs"])
    command = [convert, place / "graph.pb", "--to", "onnx", "-o", folder / "net.onnx", "--no-verify"]
    command += ["--output-tensor", ",".join(names), "--layout", "nhwc"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        return "convert", done.stderr.strip()[-400:], False
    onnx.checker.check_model(onnx.load(folder / "net.onnx"), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder / "net.onnx"), options, providers=["CPUExecutionProvider"]
    )
    given = [np.load(place / case["inputs"][name]) for name in sorted(case["inputs"])]
    taken = session.get_inputs()
    if len(taken) != len(given):
        return "ONNX Runtime", f"{len(taken)} inputs", False
    found = session.run(None, {one.name: value for one, value in zip(taken, given)})
    error = 0.0
    for value, name in zip(found, names):
        wanted = np.load(place / case["outputs"][name])
        if value.shape != wanted.shape or value.dtype != wanted.dtype:
            return "ONNX Runtime", f"{value.dtype}{value.shape}, not {wanted.dtype}{wanted.shape}", False
        apart = np.abs(value.astype(np.float64) - wanted.astype(np.float64))
        apart[value == wanted] = 0
        largest = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
        error = max(error, float(apart.max(initial=0)) / max(float(largest), 1e-30))
    return "ONNX Runtime", f"{error:.1e}", error <= LIMIT


def check_operations():
    folder = root / "fixtures/import/operations-2.15"
    cases = {case["name"]: case for case in json.loads((folder / "index.json").read_text())}
    is_right = True
    for name in OPERATIONS:
        with tempfile.TemporaryDirectory() as temporary:
            reader, text, good = check_operation(cases[name], folder / name, pathlib.Path(temporary))
        is_right = is_right and good
        print(f"{'ok   ' if good else 'WRONG'} {name:32} {reader:14} {text}", flush=True)
    return is_right


def main():
    is_right = check_operations()
    for folder in [root / "fixtures/import"] + [pathlib.Path(p) for p in sys.argv[1:]]:
        for path in sorted(folder.glob("*/case.json")):
            with tempfile.TemporaryDirectory() as temporary:
                rows = check(path.parent, pathlib.Path(temporary))
            for reader, text, good in rows:
                is_right = is_right and good
                print(f"{'ok   ' if good else 'WRONG'} {path.parent.name:32} {reader:14} {text}", flush=True)
    sys.exit(0 if is_right else 1)


if __name__ == "__main__":
    main()
