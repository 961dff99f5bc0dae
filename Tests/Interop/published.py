"""The published workflow from end to end, on a small ImageNet: archives as downloaded -> records -> teacher logits -> two steps of training
-> export -> evaluation of the export, by TensorFlow too -> error under corruptions. Every command is one of docs/published.md.

Needs tensorflow-cpu 2.15, SciPy and Pillow. Every check prints a line; the exit status is 1 if one fails.
"""

import csv
import glob
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from scipy.io import savemat
from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2

tools = os.environ["REASSEMBLE_BIN"]
fixtures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures")
teacher = [os.path.join(fixtures, "tiny/model"), "--anti-alias-type=sconv", "--anti-alias-filter-size=3"]
failures = 0


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(("ok    " if ok else "FAIL  ") + name + (f"  {detail}" if detail else ""), flush=True)


def run(tool, *arguments):
    done = subprocess.run([os.path.join(tools, tool), "--no-progress", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
    check(f"{tool} {' '.join(str(a) for a in arguments)[:90]}", done.returncode == 0)
    return done


def add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def archives(root):
    """The three archives of ImageNet 2012, with ten synsets of the small trained network's pictures."""
    os.makedirs(f"{root}/raw")
    records = [r for f in sorted(glob.glob(f"{fixtures}/tiny/data/validation-*")) for r in tf.compat.v1.io.tf_record_iterator(f)]
    pictures = []
    for record in records[:120]:
        feature = tf.train.Example.FromString(record).features.feature
        pictures.append((feature["image/encoded"].bytes_list.value[0], feature["image/class/label"].int64_list.value[0]))
    synsets = [f"n{1000 + label:08d}" for label in range(1, 11)]
    with tarfile.open(f"{root}/raw/ILSVRC2012_img_train.tar", "w") as outer:
        for label, synset in enumerate(synsets, 1):
            inner = io.BytesIO()
            with tarfile.open(fileobj=inner, mode="w") as archive:
                for index, (content, owner) in enumerate(pictures[:60]):
                    if owner == label:
                        add(archive, f"{synset}_{index}.JPEG", content)
            add(outer, f"{synset}.tar", inner.getvalue())
    with tarfile.open(f"{root}/raw/ILSVRC2012_img_val.tar", "w") as archive:
        for index, (content, _) in enumerate(pictures[60:], 1):
            add(archive, f"ILSVRC2012_val_{index:08d}.JPEG", content)
            os.makedirs(f"{root}/val", exist_ok=True)
            open(f"{root}/val/ILSVRC2012_val_{index:08d}.JPEG", "wb").write(content)
    # The kit numbers its synsets otherwise than the classes are.
    numbers = {label: (label * 7) % 10 + 1 for label in range(1, 11)}
    fields = np.zeros((11, 1), [(n, object) for n in ["ILSVRC2012_ID", "WNID", "words", "num_children"]])
    for row, (label, number) in enumerate(numbers.items()):
        fields[row, 0] = (np.uint16(number), synsets[label - 1], f"class {label}", np.uint16(0))
    fields[10, 0] = (np.uint16(1001), "n00000001", "everything", np.uint16(10))
    kit = io.BytesIO()
    savemat(kit, {"synsets": fields})
    truth = "".join(f"{numbers[label]}\n" for _, label in pictures[60:]).encode()
    with tarfile.open(f"{root}/raw/ILSVRC2012_devkit_t12.tar.gz", "w:gz") as archive:
        add(archive, "ILSVRC2012_devkit_t12/data/meta.mat", kit.getvalue())
        add(archive, "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", truth)
    open(f"{root}/label.txt", "w").write("".join(f"{s}\n" for s in synsets))
    return pictures, synsets


def walk(root):
    pictures, synsets = archives(root)
    run("make-records", "--layout", "imagenet", "--source", f"{root}/raw", "--output-dir", f"{root}/records",
        "--train-shards", 8, "--validation-shards", 8)
    labels = {}
    for path in glob.glob(f"{root}/records/validation-*"):
        for record in tf.compat.v1.io.tf_record_iterator(path):
            feature = tf.train.Example.FromString(record).features.feature
            labels[feature["image/filename"].bytes_list.value[0].decode()] = feature["image/class/label"].int64_list.value[0]
    expected = {f"ILSVRC2012_val_{i:08d}.JPEG": label for i, (_, label) in enumerate(pictures[60:], 1)}
    check("labels of the validation pictures", labels == expected, f"{len(labels)} pictures")

    extraction = ["--teacher", *teacher, "-p", "imagenet_096", f"--data_dir={root}/records", f"--output_dir={root}/logits", "--gpu_to_use=0"]
    for number in range(2):
        run("distill-logits", *extraction, f"--no_shard={number}", "--total_num_shard=2", "--n_tfrecord=8")
    run("distill-logits", *extraction, "--no_shard=0", "--total_num_shard=1", "--n_tfrecord=8", "--is_training=False")
    rows = [row for path in glob.glob(f"{root}/logits/*.csv") for row in csv.reader(open(path))]
    check("a line of eleven logits for every picture", len(rows) == 120 and all(len(r) == 12 for r in rows), f"{len(rows)} lines")
    check("numbers as Python prints them", all(repr(float(v)) == v for row in rows for v in row[1:]))
    run("make-records", "--layout", "imagenet", "--source", f"{root}/raw", "--output-dir", f"{root}/kd", "--train-shards", 8,
        "--validation-shards", 8, "--logits_file_path", f"{root}/logits")

    run("finetune", f"--data_dir={root}/kd", f"--model_dir={root}/out", "--num_classes=11", "--width=8", "--resnet_version=2",
        "--use_sk_block=True", "--anti_alias_type=sconv", "--anti_alias_filter_size=3", "--preprocessing_type=imagenet_096",
        "--batch_size=8", "--train_epochs=1", "--max_train_steps=2", "--kd_temp=1", "--label_smoothing=0.1",
        "--pretrained_model_checkpoint_path", f"{fixtures}/tiny/model", "--warm-start=all", f"--export_dir={root}/exported")
    run("finetune", f"--data_dir={root}/kd", f"--model_dir={root}/out2", "--num_classes=11", "--width=8", "--resnet_version=2",
        "--use_sk_block=True", "--anti_alias_type=sconv", "--anti_alias_filter_size=3", "--preprocessing_type=imagenet_096",
        "--batch_size=8", "--train_epochs=1", "--kd_temp=1", "--learning_rate_decay_type=cosine", "--base_learning_rate=0.001", "--hooks=ProfilerHook",
        "--pretrained_model_checkpoint_path", f"{fixtures}/tiny/model", "--warm-start=all", f"--export_dir={root}/exported2")
    exported = glob.glob(f"{root}/exported2/channels_last/binary_input/*")[0]
    stated = float(open(f"{exported}/model_performance.txt").read().split()[-1])
    model = tf.saved_model.load(exported)
    contents = tf.constant([content for content, _ in pictures[60:]])
    answers = model.signatures["serving_default"](contents)["classes"].numpy()
    found = float(np.mean(answers == np.array([label for _, label in pictures[60:]])))
    check("TensorFlow measures what model_performance.txt says", abs(found - stated) < 1e-9, f"{found} and {stated}")
    prepared = glob.glob(f"{root}/exported2/channels_last/preprocessed_input/*")[0]
    shape = tf.saved_model.load(prepared).signatures["serving_default"].structured_input_signature[1]
    check("preprocessed_input takes 224x224", list(next(iter(shape.values())).shape) == [None, 224, 224, 3])
    # The same network with its channels first, which TensorFlow on a processor computes when it is told to turn it.
    run("finetune", f"--data_dir={root}/kd", f"--model_dir={root}/out2", "--num_classes=11", "--preprocessing_type=imagenet_096",
        "--export_only", "--data_format=channels_first", f"--export_dir={root}/first")
    noise = np.random.RandomState(0).randn(2, 224, 224, 3).astype(np.float32) * 60
    turning = config_pb2.ConfigProto()
    turning.graph_options.rewrite_options.cpu_layout_conversion = rewriter_config_pb2.RewriterConfig.NCHW_TO_NHWC
    answers = []
    for folder in [prepared, glob.glob(f"{root}/first/channels_first/preprocessed_input/*")[0]]:
        with tf.Graph().as_default(), tf.compat.v1.Session(config=turning) as session:
            tf.compat.v1.saved_model.load(session, ["serve"], folder)
            answers.append(session.run("softmax_tensor:0", {"input_tensor:0": noise}))
    difference = np.abs(answers[0] - answers[1]).max()
    check("channels_first: TensorFlow computes the same", difference < 1e-5, f"{difference:.1e}")
    timelines = glob.glob(f"{root}/out2/timeline-*.json")
    events = json.load(open(timelines[0]))["traceEvents"] if timelines else []
    check("the timeline of the second step", len(timelines) == 1 and timelines[0].endswith("timeline-2.json")
          and sum(e["ph"] == "X" for e in events) > 100, f"{len(events)} events")
    done = run("eval", "--model-dir", exported, "--data-dir", f"{root}/records")
    measured = float(re.search(r"\| accuracy: +([0-9.]+)", done.stdout).group(1))
    check("eval measures it too", abs(measured - stated) < 1e-6, f"{measured}")

    run("make-records", "--sort-validation", f"{root}/val", "--validation-labels", f"{root}/raw/ILSVRC2012_devkit_t12.tar.gz")
    done = run("eval", "--robustness_type=ce", "--corrupt-from", f"{root}/val", f"--label_file={root}/label.txt", "--label_offset=1",
               f"--model_dir={root}/out2", "--image_size=96", "-p", "imagenet_096", "--only", "fog,contrast", "--severities", "1", "--limit", 8)
    check("the error under corruptions is printed", "Distortion: contrast" in done.stdout)


with tempfile.TemporaryDirectory() as root:
    walk(root)

print(f"{failures} checks failed" if failures else "all checks passed")
sys.exit(failures > 0)
