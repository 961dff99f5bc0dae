"""A program that computes when it is told to, and is stopped by a signal at all other times."""

import json
import os
import signal
import subprocess

import numpy as np

from . import machine


class WorkerFailure(Exception):
    """A worker did not start, ended, or answered something else than expected."""


class Worker:
    """A child process that speaks the protocol of `peers/worker.py`.

    Between questions it is stopped (SIGSTOP), so that no thread of it can spin on a core that another is measured on.
    """

    def __init__(self, name, command, directory, environment=None, log=None, priority=False):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            cwd=directory, env=dict(os.environ) | (environment or {}), text=True, bufsize=1,
            start_new_session=True, preexec_fn=machine.raise_priority if priority else None)
        answer = self._read()
        if not answer.startswith("ready "):
            raise WorkerFailure(f"{name}: answered '{answer}' in place of 'ready'")
        self.facts = json.loads(answer.removeprefix("ready "))
        self.process.send_signal(signal.SIGSTOP)

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            raise WorkerFailure(f"{self.name}: ended with {code}")
        return line.strip()

    def ask(self, question, kind):
        """The rest of the answer, which must be of a kind."""
        if self.process.poll() is not None:
            raise WorkerFailure(f"{self.name}: ended with {self.process.returncode}")
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(question + "\n")
            answer = self._read()
        except BrokenPipeError:
            raise WorkerFailure(f"{self.name}: ended with {self.process.wait()}") from None
        self.process.send_signal(signal.SIGSTOP)
        found, _, rest = answer.partition(" ")
        if found != kind:
            raise WorkerFailure(f"{self.name}: '{question}' was answered by '{answer}'")
        return rest

    def run(self, count):
        """The seconds of each of `count` runs, and the share of the cores that others used meanwhile.

        One run goes before them: a process that was stopped has to win its cores and caches back.
        """
        self.ask("run 1", "seconds")
        others = machine.Interference([self.process.pid])
        seconds = [float(value) for value in self.ask(f"run {count}", "seconds").split()]
        return seconds, others.share()

    def result(self, path):
        """The result of the last run."""
        self.ask(f"logits {path}", "done")
        return np.fromfile(path, "<f4")

    def peak_memory(self):
        """The largest resident size so far, in bytes."""
        return int(self.ask("memory", "memory"))

    def close(self):
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
