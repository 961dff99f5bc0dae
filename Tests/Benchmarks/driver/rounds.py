"""Programs measured in turn, so that whatever slows the machine down slows all of them."""

import math
import statistics
import time
from dataclasses import dataclass, field

from .machine import can_raise_priority, wait_for_quiet

# Others may use this share of the cores while something is measured.
QUIET = 0.05


@dataclass
class Sample:
    """What one turn of one program gave."""

    seconds: float
    others: float


@dataclass
class Measurement:
    """The turns of one program."""

    samples: list = field(default_factory=list)

    def chosen(self, rounds):
        """The quiet turns; where they are fewer than `rounds`, the quietest of all."""
        quiet = [sample for sample in self.samples if sample.others <= QUIET]
        if len(quiet) >= rounds:
            return quiet
        return sorted(self.samples, key=lambda sample: sample.others)[:rounds]

    def summary(self, rounds):
        samples = self.chosen(rounds)
        seconds = [sample.seconds for sample in samples]
        return {
            "median": statistics.median(seconds),
            "fastest": min(seconds),
            "slowest": max(seconds),
            "turns": len(seconds),
            "others": max(sample.others for sample in samples),
            "seconds": [round(value, 6) for value in seconds],
        }


def alternate(workers, rounds, shortest, patience, note):
    """Measures each worker `rounds` times in turn; turns that others disturbed are repeated.

    A turn is as many runs as take `shortest` seconds, and gives their median. Where the workers cannot be given priority,
    waits for others to be quiet, but no longer than `patience` seconds in all; then takes what it gets. Returns a `Measurement` for each worker's name.
    """
    counts = {}
    for worker in workers:
        (warm,), _ = worker.run(1)
        counts[worker.name] = max(1, math.ceil(shortest / warm))
    measurements = {worker.name: Measurement() for worker in workers}
    is_patient = patience > 0
    for turn in range(3 * rounds if is_patient else rounds):
        missing = [
            worker for worker in workers
            if sum(s.others <= QUIET for s in measurements[worker.name].samples) < rounds
        ]
        if not missing:
            break
        # All take part in every round, so that all see the same machine.
        for worker in workers:
            if patience > 0 and not can_raise_priority():
                patience -= wait_for_quiet(QUIET, patience)
            else:
                time.sleep(0.1)
            seconds, others = worker.run(counts[worker.name])
            measurements[worker.name].samples.append(Sample(statistics.median(seconds), others))
        if is_patient and patience <= 0 and turn + 1 >= rounds:
            break
        note(f"round {turn + 1}: {len(missing)} of {len(workers)} still lack quiet turns")
    return measurements
