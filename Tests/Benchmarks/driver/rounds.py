"""Programs measured in turn, so that whatever slows the machine down slows all of them."""

import math
import statistics
from dataclasses import dataclass, field

from .machine import wait_for_quiet
from .process import WorkerFailure

# Others may use this share of the cores while something is measured.
QUIET = 0.08


@dataclass
class Sample:
    """What one turn of one program gave."""

    seconds: float
    others: float


@dataclass
class Measurement:
    """The turns of one program."""

    samples: list = field(default_factory=list)
    # Why the program was given up, if it was.
    failure: str = ""

    def still_lacks(self, rounds):
        """Whether more quiet turns are wanted."""
        return not self.failure and sum(s.others <= QUIET for s in self.samples) < rounds

    def chosen(self, rounds):
        """The quiet turns; where they are fewer than `rounds`, the quietest of all."""
        quiet = [sample for sample in self.samples if sample.others <= QUIET]
        if len(quiet) >= rounds:
            return quiet
        return sorted(self.samples, key=lambda sample: sample.others)[:rounds]

    def summary(self, rounds):
        if self.failure or not self.samples:
            return {"failure": self.failure or "was not measured"}
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


def alternate(workers, rounds, shortest, patience, note, priority=False):
    """Measures each worker `rounds` times in turn; turns that others disturbed are repeated.

    A turn is as many runs as take `shortest` seconds, and gives their median. Unless the workers have priority, waits
    for others to be quiet, but no longer than `patience` seconds in all; then takes what it gets. Returns a
    `Measurement` for each worker's name.
    """
    measurements = {worker.name: Measurement() for worker in workers}
    counts = {}

    def take_turn(worker):
        measurement = measurements[worker.name]
        try:
            if worker.name not in counts:
                (warm,), _ = worker.run(1)
                counts[worker.name] = max(1, math.ceil(shortest / warm))
            seconds, others = worker.run(counts[worker.name])
            measurement.samples.append(Sample(statistics.median(seconds), others))
        except WorkerFailure as failure:
            measurement.failure = str(failure)

    is_patient = patience > 0
    for turn in range(2 * rounds if is_patient else rounds):
        lacking = [name for name, found in measurements.items() if found.still_lacks(rounds)]
        if turn >= rounds and (not lacking or patience <= 0):
            break
        # All take part in every round, so that all see the same machine.
        for worker in workers:
            if measurements[worker.name].failure:
                continue
            if patience > 0 and not priority:
                patience -= wait_for_quiet(QUIET, patience)
            take_turn(worker)
        note(f"round {turn + 1} done")
    return measurements
