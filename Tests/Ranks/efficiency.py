#!/usr/bin/env python3
"""How much of N ranks' power a training uses, predicted from what was measured on two: a table, and a drawing.

    mpirun -n 2 … finetune … --hooks=ProfilerHook          leaves timeline-<step>.json
    efficiency.py timeline-2.json --step SECONDS --sum-rate BYTES [--speedup 16] [--measured 2:SECONDS] [--svg FILE]

The model. A rank's step takes `step` seconds alone, of which `rest` is the optimiser's; while its backward pass runs, buckets of
gradients lie ready at the times that the timeline tells, as shares of forward and backward pass. One thread adds them up, one
behind the other: a bucket of B bytes on N ranks takes

    B / rate                              copying and adding, which takes a core: `sum-rate` between processes of one machine,
                                          `network-rate` by TCP without a limit (timings.py sum, by itself and through hosts.sh)
    + 2 B (N - 1) / N / bandwidth         on the wire, each way, none of it hidden behind the copying; of the bandwidth only
                                          `utilisation` is got (measured by timings.py sum through hosts.sh --rate)
    + (blocks + 1) latency                a block has 2^18 numbers of each rank; the last exchange gives the last block's sums
    + (blocks + 1) (N - 1) message        what each message costs its sender

What of it ends behind the backward pass is waited for. So are eight exchanges of some bytes (statistics, losses, the norm,
the wish to stop). Where a rank's threads have all cores, the copying takes its time from them: B / rate / threads. Not in
it: ranks that differ in speed, networks that others use, pictures that come too late.
"""

import argparse
import json
import math


class Timeline:
    """What a measured step tells: when buckets lay ready, how long it computed."""

    def __init__(self, path, compute):
        events = [event for event in json.load(open(path))["traceEvents"] if event["ph"] == "X"]
        waits = "wait for the sum over ranks"
        computed = [event for event in events if event["tid"] == 0 and event["name"] != waits]
        whole = max(event["ts"] + event["dur"] for event in computed)
        self.compute = compute
        self.buckets = [
            (compute * event["ts"] / whole, 4 * event["args"]["operations"])
            for event in events if event["name"] == "lies ready"]
        if not self.buckets:
            raise SystemExit(f"{path}: no sums in it; it must be of a training on several ranks")

    @property
    def bytes(self):
        """Of all gradients, in float32."""
        return sum(size for _, size in self.buckets)


class Model:
    """Predicts a step's seconds."""

    def __init__(self, options):
        self.options = options
        self.step = options.step / options.speedup
        self.timeline = Timeline(options.timeline, self.step * (1 - options.rest))

    def rate(self, gigabits):
        """Bytes that a core copies and adds in a second."""
        return self.options.sum_rate if gigabits is None else self.options.network_rate

    def sum_seconds(self, size, ranks, gigabits, width):
        """Of one bucket; without a network where `gigabits` is None."""
        options = self.options
        blocks = math.ceil(size / 4 / (options.slice * ranks))
        sent = size * width / 4
        wire = 0 if gigabits is None else 2 * sent * (ranks - 1) / ranks * 8 / (
            gigabits * 1e9 * options.utilisation)
        latency = options.local_latency if gigabits is None else options.latency
        return size / self.rate(gigabits) + wire + (blocks + 1) * (
            latency + (ranks - 1) * options.message) * 1e-6

    def seconds(self, ranks, gigabits, width=4, overlaps=True):
        """Of a step of so many ranks, each with as many pictures as one alone."""
        if ranks == 1:
            return self.step
        buckets = self.timeline.buckets
        options = self.options
        compute = self.timeline.compute
        if not overlaps:
            buckets = [(compute, self.timeline.bytes)]
        stolen = self.timeline.bytes / self.rate(gigabits) / options.threads if overlaps else 0
        # What is taken from the threads is taken while buckets are added, behind the forward pass.
        free = 0
        for ready, size in buckets:
            free = max(ready, free) + self.sum_seconds(size, ranks, gigabits, width)
        waited = max(0, free - compute - stolen)
        latency = options.local_latency if gigabits is None else options.latency
        return self.step + stolen + waited + 8 * (latency + (ranks - 1) * options.message) * 1e-6

    def efficiency(self, *arguments, **named):
        """One rank's seconds as a share of what a step of several takes."""
        return self.step / self.seconds(*arguments, **named)


def table(model, counts, networks):
    """Rows of Markdown: for each number of ranks what share of their power is used."""
    kinds = [
        ("", dict()), (", bf16", dict(width=2)), (", no overlap", dict(overlaps=False))]
    titles = [f"{gigabits:g} Gbit/s{name}" for gigabits in networks for name, _ in kinds]
    rows = ["| ranks | " + " | ".join(titles) + " |", "|" + "---|" * (len(titles) + 1)]
    for ranks in counts:
        cells = [
            f"{100 * model.efficiency(ranks, gigabits, **kind):.1f} %"
            for gigabits in networks for _, kind in kinds]
        rows.append(f"| {ranks} | " + " | ".join(cells) + " |")
    return rows


def drawing(model, counts, networks, measured):
    """The same as SVG: a line for each network, dots for what was measured."""
    width, height, left, top = 640, 360, 60, 20
    colours = ["#1f77b4", "#2ca02c", "#9467bd", "#8c564b"]
    most = math.log2(max(counts))

    def place(ranks, share):
        return (left + (width - left - 20) * math.log2(ranks) / most, top + (height - 80) * (1 - share))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        'font-size="12">', f'<rect width="{width}" height="{height}" fill="white"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = place(1, share)
        parts.append(f'<path d="M{x:.0f} {y:.0f}H{width - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{100 * share:.0f} %</text>')
    for ranks in counts:
        x, y = place(ranks, 0)
        parts.append(f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{ranks}</text>')
    lines = [(f"{gigabits:g} Gbit/s, predicted", gigabits) for gigabits in networks]
    for index, (name, gigabits) in enumerate(lines):
        points = " ".join("%.1f,%.1f" % place(ranks, model.efficiency(ranks, gigabits)) for ranks in counts)
        colour = colours[index % len(colours)]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{left + 150 * index}" y="{height - 12}" fill="{colour}">{name}</text>')
    for ranks, seconds, *_ in measured:
        x, y = place(ranks, model.step / seconds)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#d62728"/>')
    if measured:
        parts.append(
            f'<text x="{left + 150 * len(lines)}" y="{height - 12}" fill="#d62728">measured</text>')
    return "\n".join(parts + ["</svg>", ""])


def measured_point(text):
    """`RANKS:SECONDS[:GIGABITS[:KIND]]`, where KIND is bf16 or late (no overlap); 0 Gbit/s is one machine."""
    ranks, seconds, *more = text.split(":")
    return int(ranks), float(seconds), float(more[0]) if more else 0, more[1] if len(more) > 1 else ""


def main():
    """Prints the table, and what was predicted beside what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("timeline", help="of a training on two ranks, by --hooks=ProfilerHook")
    parser.add_argument("--step", type=float, required=True, help="seconds of a whole step of one rank alone")
    parser.add_argument(
        "--sum-rate", type=float, required=True, help="bytes of gradients a second that two ranks of one machine add up")
    parser.add_argument("--network-rate", type=float, default=0.85e9, help="the same between machines, without a limit")
    parser.add_argument("--threads", type=int, default=1, help="of a rank, where they have all cores")
    parser.add_argument("--speedup", type=float, default=1, help="how much faster the ranks to predict compute")
    parser.add_argument("--latency", type=float, default=250, help="microseconds of an exchange over a network")
    parser.add_argument("--local-latency", type=float, default=100, help="the same between processes of a machine")
    parser.add_argument("--message", type=float, default=5, help="microseconds of work for each message")
    parser.add_argument("--slice", type=int, default=1 << 18, help="numbers of a slice")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--gigabits", type=float, nargs="+", default=[10, 100], help="bandwidths, each way")
    parser.add_argument(
        "--measured", type=measured_point, nargs="*", default=[], metavar="RANKS:SECONDS",
        help="what a step took; behind it :GIGABITS, and :bf16 or :late (no overlap)")
    parser.add_argument("--rest", type=float, default=0.03, help="the optimiser's share of a step")
    parser.add_argument("--utilisation", type=float, default=0.6, help="the share of a network's bandwidth that is got")
    parser.add_argument("--svg", help="draw it too")
    options = parser.parse_args()
    model = Model(options)
    timeline = model.timeline
    print(
        f"{len(timeline.buckets)} buckets of {timeline.bytes / 1e6:.1f} MB in all; a step of one rank {model.step:.3f} s\n")
    print("\n".join(table(model, options.ranks, options.gigabits)))
    if options.measured:
        print("\n| measured | predicted | measured | difference |\n|---|---|---|---|")
    for ranks, seconds, gigabits, kind in options.measured:
        predicted = model.seconds(
            ranks, gigabits or None, width=2 if kind == "bf16" else 4, overlaps=kind != "late")
        network = f"{gigabits:g} Gbit/s" if gigabits else "one machine"
        name = {"": "", "bf16": ", bf16", "late": ", no overlap"}[kind]
        print(
            f"| {ranks} ranks, {network}{name} | {predicted:.3f} s | {seconds:.3f} s | "
            f"{100 * (predicted / seconds - 1):+.0f} % |")
    if options.svg:
        with open(options.svg, "w") as file:
            file.write(drawing(model, options.ranks, options.gigabits, options.measured))


if __name__ == "__main__":
    main()
