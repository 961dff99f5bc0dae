"""Measures the engine against its peers, in turn, and prints tables; see run.sh.

Every program of a workload lives in a process of its own, loaded once; they are run one after the other, round by round,
and each is stopped while it is not its turn. Only programs whose results are right are measured.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import sys
import tempfile

from busy import BUSY_WORKLOADS, busy_table, run_busy
from conversion import CONVERSION_WORKLOADS, conversion_table, run_conversion
from driver import machine
from driver.process import WorkerFailure
from driver.selection import HELD, hold
from exports import EXPORT_WORKLOADS, export_table, run_export
from feeding import run_decoding, run_evaluation, speed_table
from foreign import FOREIGN_WORKLOADS, run_foreign
from formats import FILE_WORKLOADS, file_table, run_files
from growing import growth_table, memory_table, run_growth, run_memory
from networks import NETWORK_WORKLOADS, network_table, run_network
from robustness import ROBUSTNESS_WORKLOADS, robustness_table, run_robustness
from starting import run_start, start_table
from training import TRAINING_WORKLOADS, run_training, training_table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# Each workload: what it is, what measures it, and what prints it.
WORKLOADS = {
    name: (workload, run, show)
    for workloads, run, show in (
        (NETWORK_WORKLOADS, run_network, network_table),
        (FOREIGN_WORKLOADS, run_foreign, network_table),
        ({"decode": None}, run_decoding, speed_table),
        ({"evaluation-50": "assemble-resnet-50", "evaluation-vanilla-50": "resnet-50"},
         run_evaluation, speed_table),
        ({"start-152": "assemble-resnet-152"}, run_start, start_table),
        ({"memory-50": "assemble-resnet-50"}, run_memory, memory_table),
        ({"growth-50": "assemble-resnet-50"}, run_growth, growth_table),
        (TRAINING_WORKLOADS, run_training, training_table),
        (FILE_WORKLOADS, run_files, file_table),
        (ROBUSTNESS_WORKLOADS, run_robustness, robustness_table),
        (CONVERSION_WORKLOADS, run_conversion, conversion_table),
        (EXPORT_WORKLOADS, run_export, export_table),
        (BUSY_WORKLOADS, run_busy, busy_table),
    )
    for name, workload in workloads.items()
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = list(WORKLOADS)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD",
                        help=f"which to run; all without any: {', '.join(names)}")
    parser.add_argument("--programs", default="", metavar="A,B",
                        help="only programs whose name begins with one of these")
    parser.add_argument("--isa", choices=sorted(HELD), default="",
                        help="hold all programs to these instructions; those that cannot be held are left out")
    parser.add_argument("--quick", action="store_true", help="one round and no waiting: a smoke test")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each program (5)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each program (2)")
    parser.add_argument("--patience", type=float, default=120, metavar="SECONDS",
                        help="how long to wait for others to leave the processor, each workload (120)")
    parser.add_argument("--priority", action="store_true",
                        help="go before all other processes (needs root, and starves them)")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / ".build/release",
                        help="folder of the executables benchmarks, convert, eval, inspect and format-probe")
    parser.add_argument("--json", type=pathlib.Path, help="write what was measured to a file")
    parser.add_argument("--save", action="store_true",
                        help="keep what was measured in results/<processor>.json")
    options = parser.parse_args()
    unknown = set(options.workloads) - set(names)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    options.workloads = options.workloads or names
    if options.quick:
        options.rounds, options.patience = 1, 0
    if options.isa:
        hold(options.isa)
    options.root = ROOT
    options.here = HERE
    return options


def describe():
    name, flags = machine.processor()
    return {
        "processor": name,
        "instructions": flags,
        "cores": machine.CORES,
        "system": platform.platform(),
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def file_name(processor):
    """A processor's name as part of a file name."""
    plain = processor.replace("(R)", "").replace("(TM)", "").replace("@", " ")
    return "-".join(plain.lower().split())


def save(path, report):
    """Writes a report; workloads of an earlier one that were not run again are kept."""
    if path.exists():
        earlier = json.loads(path.read_text())
        report = report | {"workloads": earlier["workloads"] | report["workloads"]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")


def main():
    options = arguments()
    report = describe() | {
        "threads": options.threads, "priority": options.priority, "held": options.isa, "workloads": {}}
    print(f"{report['processor']}, {report['cores']} cores, {options.threads} threads, "
          f"{' '.join(report['instructions'])}")
    if options.isa:
        print(f"held to {options.isa}; left out: {', '.join(HELD[options.isa]['left_out'])}")
    failed = False
    with tempfile.TemporaryDirectory(prefix="reassemble-bench-") as folder:
        options.scratch = pathlib.Path(folder)
        for name in options.workloads:
            before = os.getloadavg()[0]
            workload, run, show = WORKLOADS[name]
            entry = run(workload, options)
            entry["load"] = [round(before, 2), round(os.getloadavg()[0], 2)]
            entry["date"] = report["date"]
            report["workloads"][name] = entry
            print(f"\n{name}: load {entry['load'][0]} before, {entry['load'][1]} after")
            print(show(entry), flush=True)
            failed |= any("failure" in result for result in entry["programs"].values())
            if options.json:
                options.json.write_text(json.dumps(report, indent=1) + "\n")
    if options.save:
        save(HERE / "results" / f"{file_name(report['processor'])}.json", report)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkerFailure as failure:
        sys.exit(f"bench: {failure}")
