"""What the machine is, and who else is computing on it."""

import os
import time

_TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


def processor():
    """The processor's name, and which of the instructions that matter here it has."""
    name, flags = "unknown", ()
    for line in open("/proc/cpuinfo"):
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            name = value.strip()
        elif key.strip() == "flags":
            flags = value.split()
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_tile")
    return name, [flag for flag in wanted if flag in flags]


def busy_seconds():
    """Seconds of processor time that were not idle since the machine started, all cores, stolen time included."""
    fields = [int(field) for field in open("/proc/stat").readline().split()[1:9]]
    user, nice, system, idle, iowait, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) / _TICK


def process_seconds(pid):
    """Seconds of processor time that a process has used."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def available_memory():
    """Bytes that can be allocated without swapping."""
    for line in open("/proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def raise_priority():
    """Lets the calling process go before all others, where that is permitted. It starves them.

    Linux weighs whole sessions against each other (autogroup), and processes only within a session; both are set. What
    is left of others is measured all the same.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        with open("/proc/self/autogroup", "w") as group:
            group.write("-20")
    except OSError:
        pass


class Interference:
    """Measures which share of all cores others use while one process computes."""

    def __init__(self, pids=()):
        self.pids = pids
        self.start = self._now()

    def _now(self):
        own = sum(process_seconds(pid) for pid in self.pids)
        return time.monotonic(), busy_seconds() - own

    def share(self):
        now = self._now()
        elapsed = now[0] - self.start[0]
        if elapsed <= 0:
            return 0.0
        # Processor time is counted in ticks, which are long beside a short turn.
        return min(1.0, max(0.0, now[1] - self.start[1]) / (elapsed * CORES))


def wait_for_quiet(limit, patience):
    """Waits until others use no more than `limit` of the cores; returns the seconds that took.

    Gives up after `patience` seconds.
    """
    start = time.monotonic()
    while True:
        others = Interference()
        time.sleep(0.4)
        waited = time.monotonic() - start
        if others.share() <= limit or waited >= patience:
            return waited
