"""Corruptions beside PyPI's imagecorruptions, and the error under corruption in memory beside prepared files."""

import statistics
import subprocess
import sys

import numpy as np

import files
from driver.process import WorkerFailure
from driver.report import table
from feeding import measure, start

CORRUPTIONS = (
    "gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur",
    "zoom_blur", "snow", "frost", "fog", "brightness", "contrast", "elastic_transform", "pixelate",
    "jpeg_compression", "speckle_noise", "gaussian_blur", "spatter", "saturate",
)
# The peer has corruptions of its own making here and there; what differs by more is another corruption.
MEAN_DIFFERENCE = 60

ROBUSTNESS_WORKLOADS = {"corruptions": None, "robustness-50": "assemble-resnet-50"}


def peer(options):
    """A Python with imagecorruptions, which does not go with the other peers' NumPy and OpenCV."""
    home = options.root / ".venv-bench-corruptions"
    subprocess.run(
        [options.root / "Scripts" / "venv", home.name,
         "Tests/Benchmarks/requirements-corruptions.txt"],
        cwd=options.root, check=True, stdout=sys.stderr)
    return str(home / "bin" / "python")


def pixels(options, count):
    """Pictures of some structure, as bytes."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[0:224, 0:224]
    path = options.scratch / "pixels"
    with open(path, "wb") as file:
        for _ in range(count):
            waves = random.uniform(0.01, 0.2, (3, 2))
            picture = [127 + 90 * np.sin(a * x + b * y) for a, b in waves]
            noise = random.normal(0, 8, (224, 224, 3))
            file.write(np.clip(np.stack(picture, -1) + noise, 0, 255).astype(np.uint8).tobytes())
    return path


def run_robustness(network, options):
    return run_evaluation(network, options) if network else run_corruptions(options)


def run_corruptions(options):
    """Each corruption at severity 3 on one core."""
    python = peer(options)
    path = pixels(options, 4 if options.quick else 16)
    results = {}
    for name in CORRUPTIONS:
        arguments = ["--pixels", str(path), "--corruption", name, "--severity", "3"]
        try:
            workers = [
                start("imagecorruptions", [python, "-m", "peers.corruptions", *arguments], options),
                start("ours", [str(options.binaries / "benchmarks"), "corruptions", *arguments],
                      options),
            ]
            theirs, ours = (worker.result(options.scratch / "pixels.out") for worker in workers)
        except WorkerFailure as failure:
            results[name] = {"failure": str(failure)}
            continue
        difference = float(np.abs(theirs - ours).mean())
        counts = {worker.name: worker.facts["pictures"] for worker in workers}
        speeds = measure(workers, counts, options)
        results[name] = compared(speeds, "imagecorruptions", "ours") | {"difference": difference}
        if difference > MEAN_DIFFERENCE:
            results[name]["failure"] = f"the pictures differ by {difference:.0f} in the mean"
    return {"rounds": options.rounds, "peer": "imagecorruptions", "programs": results}


def run_evaluation(network, options):
    """Each corruption at severity 3, made in memory and read from files, through one network."""
    records = files.records(options)
    program = str(options.binaries / "benchmarks")
    count = "16" if options.quick else "64"
    results = {}
    for name in CORRUPTIONS:
        arguments = [
            "robustness", "--network", network, "--batch", "16", "--threads", str(options.threads),
            "--records", str(records), "--corruption", name, "--severity", "3", "--limit", count,
        ]
        folder = options.scratch / f"files-{name}"
        try:
            workers = [
                start("files", [program, *arguments, "--files", "--scratch", str(folder)], options),
                start("memory", [program, *arguments], options),
            ]
            speeds = measure(
                workers, {worker.name: worker.facts["pictures"] for worker in workers}, options)
        except WorkerFailure as failure:
            results[name] = {"failure": str(failure)}
            continue
        results[name] = compared(speeds, "files", "memory")
    return {"network": network, "rounds": options.rounds, "peer": "files", "programs": results}


def compared(speeds, other, own):
    for result in speeds.values():
        if "failure" in result:
            return {"failure": result["failure"]}
    return {
        "speed": speeds[own]["speed"], "other": speeds[other]["speed"],
        "ratio": speeds[own]["speed"] / speeds[other]["speed"],
        "others": max(speeds[own]["others"], speeds[other]["others"]),
    }


def robustness_table(entry):
    rows, ratios = [], []
    for name, result in entry["programs"].items():
        if "ratio" in result:
            ratios.append(result["ratio"])
        rows.append([
            name, *(f"{result[key]:.1f}" if key in result else "-" for key in ("speed", "other")),
            f"{result['ratio']:.2f}" if "ratio" in result else "-", result.get("failure", "")])
    if ratios:
        rows.append(["median", "", "", f"{statistics.median(ratios):.2f}", ""])
        rows.append(["least", "", "", f"{min(ratios):.2f}", ""])
    return table(rows, ["corruption", "img/s", entry["peer"], "x", ""])
