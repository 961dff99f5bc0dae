"""A peer as a process that computes when it is told to.

Standard output: `ready JSON`, then one line for each line of standard input:
`run N` -> `seconds S1 … SN`; `logits PATH` -> writes those of the last run, `done`; `memory` -> `memory BYTES`.
"""

import argparse
import json
import pathlib
import sys
import time


def peak_memory():
    """The largest resident size of this process so far, in bytes."""
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def serve(ready, run, save):
    """Answers commands until the input ends."""
    answers = sys.stdout
    # What libraries print must not be taken for an answer.
    sys.stdout = sys.stderr

    def answer(line):
        print(line, file=answers, flush=True)

    answer(f"ready {json.dumps(ready)}")
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "run":
            seconds = []
            for _ in range(int(argument)):
                start = time.perf_counter()
                run()
                seconds.append(time.perf_counter() - start)
            answer(" ".join(["seconds"] + [f"{value:.9f}" for value in seconds]))
        elif command == "logits":
            save(argument)
            answer("done")
        elif command == "memory":
            answer(f"memory {peak_memory()}")
        else:
            answer(f"unknown command {command}")


def serve_peer(program, model, pictures, threads):
    """Makes a peer ready, runs it once, and answers commands until the input ends."""
    start = time.perf_counter()
    peer = program(model, pictures.shape, threads)
    logits = None

    def run():
        nonlocal logits
        logits = peer.run(pictures)

    run()
    first = time.perf_counter() - start
    serve(
        {"version": peer.version, "first_logits": first}, run,
        lambda path: logits.astype("<f4").tofile(path))


def main():
    from .network import NETWORKS
    from .programs import PROGRAMS, batch_for

    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    program = PROGRAMS[options.program]
    pictures = batch_for(program, NETWORKS[options.network].image_size, options.batch)
    serve_peer(program, options.model, pictures, options.threads)


if __name__ == "__main__":
    main()
