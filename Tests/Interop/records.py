"""Compares the records that make-records makes with what the published builders would make, and reads them with TensorFlow.

A small tree of every layout is written, in the numbers of classes that the published builders count on. Which picture has
which label, in which file and at which place, is worked out here with Python's own random.shuffle and NumPy's linspace.

Needs tensorflow-cpu 2.15, SciPy and Pillow. Every check prints a line; the exit status is 1 if one fails.
"""

import collections
import filecmp
import glob
import io
import os
import random
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from PIL import Image
from scipy.io import savemat

tool = os.path.join(os.environ["REASSEMBLE_BIN"], "make-records")
failures = 0
rng = np.random.RandomState(7)

# What a layout is expected to become: pictures are (path, label) in order; `threads` is how the published builder divides.
Expected = collections.namedtuple("Expected", "train validation shards threads options")


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(("ok    " if ok else "FAIL  ") + name + (f"  {detail}" if detail else ""), flush=True)


def make(*arguments, expect=0):
    done = subprocess.run([tool, "--no-progress", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != expect:
        print(done.stderr, end="", file=sys.stderr)
    return done


# The picture files: a few dozen contents under many names.

def picture():
    width, height = rng.randint(8, 40, 2)
    return rng.randint(0, 255, (height // 4 + 2, width // 4 + 2, 3)).repeat(4, 0).repeat(4, 1).astype(np.uint8)


def jpeg(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).convert(options.pop("mode", "RGB")).save(file, "JPEG", quality=90, **options)
    return file.getvalue()


contents = [jpeg(picture(), mode=rng.choice(["RGB", "RGB", "L"]), progressive=bool(i % 2)) for i in range(40)]


def write(path, content=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if content is not None else contents[rng.randint(len(contents))])
    return path


def lines(path, text):
    write(path, "".join(line + "\n" for line in text).encode())


def shuffled(values):
    """The published order: Python's generator, seeded anew for each list."""
    order = list(range(len(values)))
    random.seed(12345)
    random.shuffle(order)
    return [values[i] for i in order]


# The layouts.

def folders(root):
    parts = {}
    for part, count in [("train", 31), ("validation", 5)]:
        parts[part] = [(write(f"{root}/{part}/class {c}/{part}-{c}-{i:03d}.jpg"), c) for c in range(7) for i in range(count)]
    return Expected(shuffled(parts["train"]), parts["validation"], (128, 16), 8, [])


def imagenet(root, flat=False):
    synsets = [f"n{7 * i % 30 + 1000:08d}" for i in range(30)]
    lines(f"{root}/synsets.txt", synsets)
    lines(f"{root}/metadata.txt", [f"{s}\tthing {s}, other" for s in sorted(synsets)])
    train = [(write(f"{root}/train/{s}/{s}_{i}.JPEG"), label) for label, s in enumerate(synsets, 1) for i in range(8)]
    ink = Image.fromarray(picture()).convert("CMYK")
    file = io.BytesIO()
    ink.save(file, "JPEG", quality=95)
    write(train[3][0], file.getvalue())
    write(train[77][0], tf.io.encode_png(picture()).numpy())
    numbers = list(range(1, 61))
    owners = [synsets[n * 11 % 30] for n in numbers]
    place = (lambda n, s: f"{root}/validation/ILSVRC2012_val_{n:08d}.JPEG") if flat else \
        (lambda n, s: f"{root}/validation/{s}/ILSVRC2012_val_{n:08d}.JPEG")
    validation = sorted((synsets.index(s) + 1, write(place(n, s))) for n, s in zip(numbers, owners))
    boxes = [f"{os.path.basename(train[i][0])},0.{i:04d},0.25,0.5,{0.75 + i / 4000}" for i in list(range(0, 200, 3)) + [0, 6]]
    lines(f"{root}/boxes.csv", boxes)
    options = ["--labels-file", f"{root}/synsets.txt", "--imagenet-metadata-file", f"{root}/metadata.txt",
               "--bounding-box-file", f"{root}/boxes.csv"]
    if flat:
        lines(f"{root}/labels.txt", owners)
        options += ["--validation-labels", f"{root}/labels.txt"]
    return Expected(shuffled(train), shuffled([(p, label) for label, p in validation]), (1024, 128), 8, options)


def food101(root):
    names = ["Apple pie", "Baby back ribs", "Crème brûlée", "French onion soup"]
    lines(f"{root}/meta/labels.txt", names)
    parts = {}
    for part, count in [("train", 60), ("test", 20)]:
        keys = [f"{n.lower().replace(' ', '_')}/{1000 * count + 100 * label + i}"
                for label, n in enumerate(names) for i in range(count)]
        lines(f"{root}/meta/{part}.txt", keys)
        parts[part] = [(write(f"{root}/images/{k}.jpg"), names.index(names[j // count])) for j, k in enumerate(keys)]
    return Expected(shuffled(parts["train"]), parts["test"], (128, 16), 8, [])


def cub_200_2011(root):
    parts = ([], [])
    listed, boxes, split = [], [], []
    for label in range(200):
        name = f"{label + 1:03d}.Bird_{label}"
        pictures = [(write(f"{root}/images/{name}/Bird_{label}_{i:04d}.jpg"), label) for i in range(3)]
        for path, _ in pictures:
            listed.append(f"{len(listed) + 1} {path[len(root) + 8:]}")
            width, height = Image.open(path).size
            boxes.append(f"{len(listed)} 1.0 2.0 {width - 2.0} {height / 2:.1f}")
            split.append(f"{len(listed)} {len(listed) % 2}")
        parts[label >= 100].extend(shuffled(pictures))
    lines(f"{root}/images.txt", listed)
    lines(f"{root}/bounding_boxes.txt", boxes)
    lines(f"{root}/train_test_split.txt", split)
    return Expected(shuffled(parts[0]), shuffled(parts[1]), (128, 16), 16, [])


def cars(root):
    paths = [f"car_ims/{i:06d}.jpg" for i in range(1, 393)]
    entries = np.zeros((1, 392), [(n, object) for n in
                                  ["relative_im_path", "bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class", "test"]])
    for i, path in enumerate(paths):
        write(f"{root}/{path}")
        entries[0, i] = (path, 1, 2, 6, 7 + i % 40, np.uint8(i * 5 % 196 + 1), np.uint8(i % 3 == 0))
    names = np.array([f"Car {i}" for i in range(196)], object).reshape(1, 196)
    # The file is in any order.
    savemat(f"{root}/cars_annos.mat", {"annotations": entries[:, ::-1], "class_names": names}, do_compression=True)
    return [(f"{root}/{p}", i * 5 % 196, i % 3 == 0) for i, p in enumerate(paths)]


def cars196(root):
    found = cars(root)
    return Expected(shuffled([f[:2] for f in found if not f[2]]), [f[:2] for f in found if f[2]], (128, 16), 8, [])


def cars196_zeroshot(root):
    found = sorted(((label, path) for path, label, _ in cars(root)))
    train = [(p, label) for label, p in found if label < 98]
    return Expected(shuffled(train), shuffled([(p, label) for label, p in found if label >= 98]), (128, 128), 16, [])


def SOP(root):
    parts = {}
    for part, first in [("train", 0), ("test", 50)]:
        parts[part] = [(write(f"{root}/chair_final/{part}{c}_{i}.JPG"), c) for c in range(first, first + 50) for i in range(4)]
        lines(f"{root}/Ebay_{part}.txt", ["image_id class_id super_class_id path"] + [
            f"{n + 1} {label + 1} 3 {path[len(root) + 1:]}" for n, (path, label) in enumerate(parts[part])])
    return Expected(shuffled(parts["train"]), parts["test"], (128, 16), 8, [])


def fgvc_aircraft(root):
    variants = ["707-320", "Boeing 717", "F-16A/B", "DHC-8-100"]
    lines(f"{root}/data/variants.txt", variants)
    parts = {}
    for first, part, count in [(0, "train", 70), (1000, "val", 50), (2000, "test", 40)]:
        parts[part] = [(write(f"{root}/data/images/{1000000 + first + i}.jpg"), i % 4) for i in range(count)]
        ids = [os.path.basename(p)[:7] for p, _ in parts[part]]
        lines(f"{root}/data/images_{part}.txt", ids)
        lines(f"{root}/data/images_variant_{part}.txt", [f"{d} {variants[i % 4]}" for i, d in enumerate(ids)])
    return Expected(shuffled(parts["train"] + parts["val"]), parts["test"], (128, 16), 8, [])


def oxford_iiit_pet(root):
    parts = {}
    for part, count in [("trainval", 40), ("test", 12)]:
        parts[part] = [(write(f"{root}/images/{breed}_{part}_{i}.jpg"), label)
                       for label, breed in enumerate(["Abyssinian", "american_bulldog", "Sphynx"]) for i in range(count)]
        lines(f"{root}/annotations/{part}.txt", [
            f"{os.path.basename(p)[:-4]} {label + 1} 1 1" for p, label in parts[part]])
    return Expected(shuffled(parts["trainval"]), parts["test"], (128, 16), 8, [])


def oxford_flowers102(root):
    labels = rng.randint(1, 103, 300)
    pictures = [(write(f"{root}/jpg/image_{i + 1:05d}.jpg"), int(label) - 1) for i, label in enumerate(labels)]
    order = rng.permutation(300) + 1
    savemat(f"{root}/imagelabels.mat", {"labels": labels.astype(np.uint8).reshape(1, -1)}, do_compression=True)
    ids = {"trnid": order[:100], "valid": order[100:200], "tstid": order[200:]}
    savemat(f"{root}/setid.mat", {k: v.astype(np.uint16).reshape(1, -1) for k, v in ids.items()}, do_compression=True)
    return Expected(shuffled([pictures[i - 1] for i in order[:200]]), [pictures[i - 1] for i in order[200:]],
                    (128, 16), 8, [])


def uec_food100(root):
    parts = []
    for fold in range(5):
        found = [(write(f"{root}/UECFOOD100/{c + 1}/{100 * fold + c}.jpg"), c) for c in range(40)]
        lines(f"{root}/val{fold}.txt", [p[len(root) + 1:] for p, _ in found])
        parts.append(found)
    for c in range(40):
        lines(f"{root}/UECFOOD100/{c + 1}/bb_info.txt", ["img x1 y1 x2 y2"] + [f"{100 * f + c} 1 2 7 900" for f in range(5)])
    return Expected(shuffled(sum(parts[:4], [])), parts[4], (64, 16), 16, [])


# Reading.

SPEC = {
    "image/encoded": tf.io.FixedLenFeature([], tf.string, ""),
    "image/filename": tf.io.FixedLenFeature([], tf.string, ""),
    "image/class/label": tf.io.FixedLenFeature([], tf.int64, -1),
    "image/logit": tf.io.VarLenFeature(tf.float32),
    **{f"image/object/bbox/{k}": tf.io.VarLenFeature(tf.float32) for k in ["xmin", "ymin", "xmax", "ymax"]},
    # Beyond the published reader: what the published builders write besides.
    "image/height": tf.io.FixedLenFeature([], tf.int64),
    "image/width": tf.io.FixedLenFeature([], tf.int64),
    "image/format": tf.io.FixedLenFeature([], tf.string),
}


def bounds(count, threads, shards):
    """The published division: over the threads first, then over each thread's files."""
    edges = np.linspace(0, count, threads + 1).astype(int)
    inner = [np.linspace(a, b, shards // threads + 1).astype(int) for a, b in zip(edges, edges[1:])]
    return [(int(a), int(b)) for row in inner for a, b in zip(row, row[1:])]


def read(folder, part, compression=""):
    files = sorted(glob.glob(f"{folder}/{part}-*"))
    raw = [records(f, compression) for f in files]
    flat = [r for shard in raw for r in shard]
    parsed = {k: tf.sparse.to_dense(v) if isinstance(v, tf.SparseTensor) else v
              for k, v in (tf.io.parse_example(flat, SPEC) if flat else {}).items()}
    rows = iter([dict(zip(parsed, row)) for row in zip(*(v.numpy() for v in parsed.values()))])
    return [os.path.basename(f) for f in files], [[next(rows) for _ in shard] for shard in raw]


def records(path, compression=""):
    options = tf.compat.v1.io.TFRecordOptions(compression) if compression else None
    return list(tf.compat.v1.io.tf_record_iterator(path, options))


def decoded(content):
    return tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE")


def as_published(name, content):
    """The bytes that the record is to have: a new JPEG for PNGs in disguise and four inks."""
    if content[:3] == b"\xff\xd8\xff" and Image.open(io.BytesIO(content)).mode != "CMYK":
        return content
    return tf.io.encode_jpeg(decoded(content), "rgb", quality=100).numpy()


def layout(name, root, build, *, called=None):
    called = called or name
    source, target = f"{root}/{called}", f"{root}/{called}-records"
    expected = build(source)
    done = make("--layout", name, "--source", source, "--output-dir", target, *expected.options)
    check(f"{called}: built", done.returncode == 0, done.stdout.strip())
    if done.returncode:
        return expected, target
    for part, pictures, shards in zip(["train", "validation"], expected[:2], expected.shards):
        files, found = read(target, part)
        names = [f"{part}-{i:05d}-of-{shards:05d}" for i in range(shards)]
        check(f"{called}: {part}: the files' names", files == names, f"{len(files)} of {shards}")
        flat = [r for records in found for r in records]
        check(f"{called}: {part}: pictures and labels in the published order",
              [(r["image/filename"].decode(), r["image/class/label"]) for r in flat]
              == [(os.path.basename(p), label) for p, label in pictures], f"{len(flat)} records")
        if len(files) == shards:
            sizes = [b - a for a, b in bounds(len(pictures), expected.threads, shards)]
            check(f"{called}: {part}: divided as published", [len(r) for r in found] == sizes)
        by_name = {os.path.basename(p): p for p, _ in pictures}
        ok = True
        for record in flat:
            content = open(by_name[record["image/filename"].decode()], "rb").read()
            ok = ok and record["image/encoded"] == as_published(called, content)
            ok = ok and decoded(record["image/encoded"]).shape == (record["image/height"], record["image/width"], 3)
            ok = ok and record["image/format"] == (b"JPEG" if name == "imagenet" else b"jpg")
        check(f"{called}: {part}: the pictures' bytes, extents and format", ok)
    return expected, target


def imagenet_features(expected, target):
    """Every feature of the published ImageNet records."""
    source = os.path.dirname(expected.options[1])
    words = dict(line.rstrip("\n").split("\t") for line in open(f"{source}/metadata.txt"))
    boxes = collections.defaultdict(list)
    for line in open(f"{source}/boxes.csv"):
        name, *values = line.strip().split(",")
        boxes[name].append([float(v) for v in values])
    wrong = []
    for path in sorted(glob.glob(f"{target}/train-*")):
        for record in records(path):
            found = tf.train.Example.FromString(record).features.feature
            name = found["image/filename"].bytes_list.value[0].decode()
            synset = name.split("_")[0]
            label = found["image/class/label"].int64_list.value[0]
            fits = found["image/class/synset"].bytes_list.value == [synset.encode()]
            fits &= found["image/class/text"].bytes_list.value == [words[synset].encode()]
            fits &= found["image/colorspace"].bytes_list.value == [b"RGB"] and found["image/channels"].int64_list.value == [3]
            fits &= found["image/object/bbox/label"].int64_list.value == [label] * len(boxes[name])
            for i, side in enumerate(["xmin", "ymin", "xmax", "ymax"]):
                values = np.float32([b[i] for b in boxes[name]])
                fits &= np.array_equal(np.float32(found[f"image/object/bbox/{side}"].float_list.value), values)
            if not fits:
                wrong.append(name)
    check("imagenet: synset, words, colour space, channels, boxes", not wrong, f"{len(wrong)} wrong")


def cut(root):
    """Pictures cut to their boxes, against TensorFlow's own encoder."""
    target = f"{root}/cut"
    done = make("--layout", "cub_200_2011", "--source", f"{root}/cub_200_2011", "--output-dir", target, "--use-bbox",
                "--train-shards", 8, "--validation-shards", 8)
    check("cut to boxes: built", done.returncode == 0)
    ok, count = True, 0
    for record in (r for part in ["train", "validation"] for shard in read(target, part)[1] for r in shard):
        name = record["image/filename"].decode()
        pixels = decoded(open(glob.glob(f"{root}/cub_200_2011/images/*/{name}")[0], "rb").read()).numpy()
        height, width = pixels.shape[:2]
        part = pixels[2:min(height, int(2.0 + float(f"{height / 2:.1f}"))), 1:width - 1]
        ok = ok and record["image/encoded"] == tf.io.encode_jpeg(part, "rgb", quality=100).numpy()
        ok = ok and (record["image/height"], record["image/width"]) == part.shape[:2]
        count += 1
    check("cut to boxes: byte for byte as TensorFlow encodes them", ok and count == 600, f"{count} pictures")


def cut_food(root):
    """The same of UEC Food-100, whose boxes hang over their pictures."""
    target = f"{root}/cut-food"
    done = make("--layout", "uec_food100", "-d", f"{root}/uec_food100", "-o", target, "--use_bbox", "yes", "--num_threads", 8,
                "--train_shards", 8, "--validation_shards", 8)
    check("UEC cut to boxes: built as the published builder is called", done.returncode == 0)
    ok, count = True, 0
    for record in (r for part in ["train", "validation"] for shard in read(target, part)[1] for r in shard):
        name = record["image/filename"].decode()
        pixels = decoded(open(glob.glob(f"{root}/uec_food100/UECFOOD100/*/{name}")[0], "rb").read()).numpy()
        ok = ok and record["image/encoded"] == tf.io.encode_jpeg(pixels[2:, 1:7], "rgb", quality=100).numpy()
        count += 1
    check("UEC cut to boxes: byte for byte as TensorFlow encodes them", ok and count == 200, f"{count} pictures")


def runs(root):
    """Threads, seeds, compression, damage, and the way back."""
    common = ["--layout", "food101", "--source", f"{root}/food101", "--train-shards", 16, "--validation-shards", 8]
    for name, options in [("one", ["-j", 1]), ("four", ["-j", 4]), ("other", ["--seed", 1]), ("gzip", ["--compression", "gzip"])]:
        make(*common, "--output-dir", f"{root}/{name}", *options)
    files = sorted(os.listdir(f"{root}/one"))
    same = lambda a, b: filecmp.cmpfiles(f"{root}/{a}", f"{root}/{b}", files, shallow=False)
    check("one thread and four give the same bytes", same("one", "four")[0] == files and len(files) == 25, f"{len(files)} files")
    check("another seed gives others", len(same("one", "other")[1]) == 16)
    plain = read(f"{root}/one", "train")[1]
    zipped = read(f"{root}/gzip", "train", "GZIP")[1]
    check("gzip holds the same", [[r["image/encoded"] for r in s] for s in plain] == [[r["image/encoded"] for r in s] for s in zipped])
    check("nothing is replaced unasked", make(*common, "--output-dir", f"{root}/one", expect=3).returncode in (2, 3))
    check("--force replaces", make(*common, "--output-dir", f"{root}/one", "--force").returncode == 0)

    done = make("--extract", f"{root}/back", "--source", f"{root}/one", "--labels-file", f"{root}/one/labels.txt")
    back = sorted(glob.glob(f"{root}/back/train/*/*"))
    ok = len(back) == 240 and all(
        filecmp.cmp(p, f"{root}/food101/images/{os.path.basename(os.path.dirname(p)).lower().replace(' ', '_')}/{os.path.basename(p)}",
                    shallow=False) for p in back)
    check("--extract gives the pictures back, by class", done.returncode == 0 and ok, f"{len(back)} pictures")
    make("--source", f"{root}/back", "--output-dir", f"{root}/again", "--train-shards", 16, "--validation-shards", 8)
    key = lambda folder: sorted((r["image/filename"], r["image/class/label"], r["image/encoded"])
                                for s in read(folder, "train")[1] for r in s)
    check("and the records again", key(f"{root}/again") == key(f"{root}/one"))

    victims = sorted(glob.glob(f"{root}/food101/images/*/6*.jpg"))[:3]
    for path in victims:
        write(path, open(path, "rb").read()[:60])
    done = make(*common, "--output-dir", f"{root}/broken", expect=3)
    left = glob.glob(f"{root}/broken/*")
    check("broken pictures are listed all at once, and nothing is left", done.returncode == 3 and not left
          and all(os.path.basename(p) in done.stderr for p in victims), f"{len(left)} files")
    done = make(*common, "--output-dir", f"{root}/broken", "--skip-corrupt", 3)
    check("--skip-corrupt leaves them out", done.returncode == 0 and sum(len(s) for s in read(f"{root}/broken", "train")[1]) == 237)


with tempfile.TemporaryDirectory() as root:
    for build in [folders, food101, cub_200_2011, cars196, cars196_zeroshot, SOP, fgvc_aircraft, oxford_iiit_pet,
                  oxford_flowers102, uec_food100]:
        layout(build.__name__, root, build)
    imagenet_features(*layout("imagenet", root, imagenet))
    layout("imagenet", root, lambda folder: imagenet(folder, flat=True), called="imagenet-flat")
    cut(root)
    cut_food(root)
    runs(root)

print(f"{failures} checks failed" if failures else "all checks passed")
sys.exit(failures > 0)
