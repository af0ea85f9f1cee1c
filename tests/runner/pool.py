# SPDX-License-Identifier: MIT
"""pool - cases beside each other, as far as processors last.

Each case is run by a process of its own, which is the subreaper of all that it
starts: so what belongs to which case stays plain. A case takes as many places
as it keeps processors busy: MPICH's ranks spin while they wait, Open MPI's
yield, and most programs without MPI sleep.
"""
import json
import os
import signal
import sys
import time
import traceback

from harness import processes
from harness.job import SPINS


def places(program, mpi, ranks, all_places):
    """How many of them a case takes; apps compute."""
    if mpi in SPINS or program.is_app:
        busy = ranks
    else:
        busy = (ranks + 1) // 2
    return min(all_places, busy)


class Pool:
    """Runs act(case), which returns something that JSON can hold."""

    def __init__(self, jobs, act, done):
        self.jobs, self.act, self.done = jobs, act, done
        self.running = {}  # pid: (case, places, pipe, when it began)

    def free(self):
        return self.jobs - sum(r[1] for r in self.running.values())

    def fits(self, case):
        """No program twice at a time: its cases share a native run."""
        return places(*case[:3], self.jobs) <= self.free() and all(
            r[0][0] is not case[0] for r in self.running.values())

    def run(self, case):
        if self.jobs == 1:
            began = time.monotonic()
            self.done(case, self.tried(case), time.monotonic() - began)
            return
        read, write = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self.child(case, write)
        os.close(write)
        self.running[pid] = (case, places(*case[:3], self.jobs), read,
                             time.monotonic())

    def tried(self, case):
        try:
            return self.act(case)
        except Exception as why:  # one case's trouble is not the others'
            return "FAIL", "%s: %s" % (type(why).__name__, why), \
                traceback.format_exc().splitlines()[-6:]

    def child(self, case, write):
        """Never returns."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        processes.adopt_orphans()
        try:
            with open(write, "w") as f:
                json.dump(self.tried(case), f)
        finally:  # KeyboardInterrupt is how stop() ends it
            os._exit(0)

    def wait(self):
        """Until one of those that run has ended."""
        while True:
            pid, _ = os.wait()
            if pid in self.running:
                break
        case, _, read, began = self.running.pop(pid)
        with open(read) as f:
            text = f.read()
        result = json.loads(text) if text else \
            ("FAIL", "the runner's own process ended", [])
        self.done(case, result, time.monotonic() - began)

    def stop(self):
        """End what runs; the cases remove their directories themselves."""
        processes.send(self.running, signal.SIGTERM)
        end = time.monotonic() + 25
        while self.running and time.monotonic() < end:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            self.running.pop(pid, None)
            time.sleep(0.05)

    def all(self, cases, go_on):
        """Each of @cases, in their order as far as they fit, for as long as
        go_on(case) says so; those that it did not say so of."""
        todo, left = list(cases), []
        while todo or self.running:
            case = next((c for c in todo[:LOOK] if self.fits(c)), None)
            if case and not go_on(case):
                todo.remove(case)
                left.append(case)
            elif case:
                todo.remove(case)
                self.run(case)
            else:
                self.wait()
        return left


LOOK = 40  # how far a small case may overtake one that waits for its places
