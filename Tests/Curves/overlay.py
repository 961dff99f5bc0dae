"""Draws trainings of ours over the reference's: overlay.py REFERENCE OUTPUT.svg NAME=FOLDER ...

REFERENCE is fixtures/tiny/curves.json, each FOLDER one that `finetune` or train_tensorflow.py has left. Lines are the mean cross entropy of each
epoch; the numbers behind the names are the accuracies at the end.
"""

import collections
import json
import pathlib
import statistics
import sys

WIDTH, HEIGHT, MARGIN, LEGEND = 900, 560, 50, 260
COLOURS = ["#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#e377c2", "#17becf"]


def reference(path):
    """The reference's trainings: name, colour, cross entropy by epoch, accuracy."""
    for run in json.loads(pathlib.Path(path).read_text())["runs"]:
        epochs = run["epochs"]
        crop = ", crop" if run["random_crop"] else ""
        yield (f"reference, seed {run['seed']}{crop}", "#999999" if not crop else "#cccccc",
               [epoch["cross_entropy"] for epoch in epochs],
               [epoch["accuracy"] for epoch in epochs if epoch["accuracy"] is not None][-1:])


def ours(argument, colour):
    """A training of ours, from its metrics."""
    name, folder = argument.split("=", 1)
    epochs, means, accuracies = collections.defaultdict(list), {}, []
    for line in (pathlib.Path(folder) / "metrics.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["kind"] == "step":
            # A step that ends an epoch belongs to it.
            epochs[max(0, -int(-entry["epoch"] // 1) - 1)].append(entry["cross_entropy"])
        elif entry["kind"] == "epoch":
            means[entry["epoch"] - 1] = entry["cross_entropy"]
        elif "accuracy" in entry:
            accuracies.append(entry["accuracy"])
    # Not every step is written down, but every epoch's mean is.
    means = means or {epoch: statistics.mean(values) for epoch, values in epochs.items()}
    return name, colour, [means[epoch] for epoch in sorted(means)], accuracies[-1:]


def drawing(runs):
    top = max(max(values) for _, _, values, _ in runs)
    bottom = min(min(values) for _, _, values, _ in runs)
    last = max(len(values) for _, _, values, _ in runs)

    def x(epoch):
        return MARGIN + (WIDTH - MARGIN - LEGEND) * (epoch - 1) / max(1, last - 1)

    def y(value):
        return MARGIN + (HEIGHT - 2 * MARGIN) * (top - value) / (top - bottom)

    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/><text x="{MARGIN}" y="24">cross entropy by epoch</text>'
    for step in range(6):
        value = bottom + (top - bottom) * step / 5
        yield (f'<line x1="{x(1)}" x2="{x(last)}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#eeeeee"/>'
               f'<text x="8" y="{y(value) + 4:.1f}">{value:.2f}</text>')
    for epoch in range(5, last + 1, 5):
        yield f'<text x="{x(epoch):.1f}" y="{HEIGHT - 20}" text-anchor="middle">{epoch}</text>'
    for row, (name, colour, values, accuracy) in enumerate(runs):
        points = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in enumerate(values, 1))
        place = MARGIN + 20 * row
        end = f" ({accuracy[0]:.3f})" if accuracy else ""
        yield (f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
               f'<text x="{WIDTH - LEGEND + 20}" y="{place}" fill="{colour}">{name}{end}</text>')
    yield "</svg>"


def main():
    source, output, *folders = sys.argv[1:]
    runs = list(reference(source))
    runs += [ours(folder, COLOURS[index % len(COLOURS)]) for index, folder in enumerate(folders)]
    pathlib.Path(output).write_text("\n".join(drawing(runs)) + "\n")


if __name__ == "__main__":
    main()
