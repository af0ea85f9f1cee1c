# SPDX-License-Identifier: MIT
"""e2e - what the scripts beside it share: the list of cases, and their run.

A case is a function marked @case. It gets a Box: a directory of its own, in
which it starts jobs and commands.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

from box import (BUILD, LIMIT, Box, Job, check, subject,  # noqa: E402
                 until)
from harness import job as jobs  # noqa: E402
from harness import processes, waits  # noqa: E402
from harness.job import BIN, LOGS, NAMES, TOP, Fail, Hang, Skip  # noqa: E402
from harness.verdicts import Verdicts  # noqa: E402

__all__ = ["BIN", "BOTH", "BUILD", "LIMIT", "LOGS", "TOP", "Fail", "Hang", "Job",
           "Loop", "Run", "Skip", "alive", "another_coordinator", "case",
           "check", "commits", "connected", "gatherers", "kill_coordinator",
           "main", "refused", "subject", "through", "until"]
BOTH = tuple(NAMES)  # of the MPIs
cases = []


def case(*mpis):
    """Run the function once for each of these MPIs (openmpi unless told)."""
    def mark(f):
        cases.extend((f, m) for m in mpis or ("openmpi",))
        return f
    return mark


def alive(pid):
    info = processes.stat(pid)
    return info is not None and info[1] != "Z"


def gatherers():
    """Their pids."""
    found = []
    for pid in processes.descendants():
        try:
            with open("/proc/%d/comm" % pid) as f:
                name = f.read().strip()
        except OSError:
            continue
        if name == "mana_gatherer" and alive(pid):
            found.append(pid)
    return found


def connected(box, job):
    box.connected(job)


def kill_coordinator(box):
    """Its pid, once it is gone."""
    pid = box.coordinator()["pid"]
    box.kill_one(pid)
    until(lambda: not alive(pid), "coordinator still there")
    return pid


def another_coordinator(box, old):
    """Wait until one with another pid than this is there, with all ranks."""
    def there():
        try:
            return box.coordinator()["pid"] != old
        except OSError:
            return False
    until(there, "no other coordinator")
    until(lambda: jobs.connected(box.status()), "the ranks did not connect")


class Loop:
    """A job that runs until it is released, itself or restarted."""

    def __init__(self, box, *options, n=2, **how):
        self.stop = os.path.join(box.dir, "stop")
        self.job = box.launch("file", 1, self.stop, n=n, options=options,
                              **how)
        box.ready(self.job)

    def release(self):
        open(self.stop, "w").close()

    def finish(self):
        self.release()
        self.job.passed()


class Run:
    """A job of its own name that runs until it is released."""

    def __init__(self, box, name, *options, what="file", **how):
        self.box, self.name = box, name
        self.stop = os.path.join(box.dir, "stop-" + name)
        self.env = dict(how.pop("env", box.env), MANA_JOB=name)
        self.options = options
        self.job = box.launch(what, 1, self.stop, env=self.env,
                              options=list(options), **how)
        until(self.connected, "%s did not connect" % name)
        until(lambda: "running" in self.job.out, "%s did not start" % name)

    def connected(self):
        check(not self.job.ended(), "%s ended: %s" % (
            self.name, self.job.err[:300]))
        j = self.box.job()
        return j and j["key"] == self.name and j["connected"]

    def where(self):
        """A copy of what says where its coordinator is."""
        path = os.path.join(self.box.dir, "where-" + self.name)
        shutil.copy(self.box.announced, path)
        os.chmod(path, 0o600)
        return "--port-file", path

    def release(self):
        open(self.stop, "w").close()

    def restart(self, *options):
        self.job = self.box.restart(*options, env=self.env)
        return self.job

    def restarted(self, *options):
        """It is this job again."""
        self.box.kill()
        self.restart(*options)
        until(self.connected, "not restarted")

    def goes_on(self, *options):
        """The same, and it comes to its end."""
        self.restarted(*options)
        self.release()
        check(self.job.wait() == 0 and "PASSED" in self.job.out,
              self.job.err[:300])


def commits(box):
    """A checkpoint where a busy machine may need longer than the limit."""
    for _ in range(10):
        code, _, err = box.ask("--checkpoint", "--wait")
        if code == 0 or "made no progress" not in err:
            break
    check(code == 0, "checkpoint: exit code %d: %s" % (code, err))


def refused(asked, words, code=1):
    """Who asked was told why, in one line with these words."""
    got = asked.wait()
    check(got == code and asked.err.count("\n") == 1 and
          re.search(words, asked.err), "exit code %d: %s" % (got, asked.err))


def through(box, *what, seconds=3, kill=True, restart=(), **how):
    """Run, checkpoint twice, kill, restart; the program judges itself."""
    job = box.launch(what[0], seconds, *what[1:], **how)
    box.ready(job)
    box.checkpoint()
    box.checkpoint()
    if not kill:
        job.passed()
        return job
    box.kill()
    how.pop("options", None)
    how.pop("program", None)
    again = box.restart(*restart, **how)
    again.passed()
    return again


def look(f, box, hung):
    """Of a failed case: what its last job said and, when it hangs, what the
    coordinator says and where who waits; the backtraces go to a log."""
    found = ["%s: %s" % (what, line.strip()) for job in box.jobs[-1:]
             for what, text in (("stdout", job.out), ("stderr", job.err))
             for line in text.splitlines()[-3:] if line.strip()]
    if not hung:
        return found
    try:
        found += box.ask("--status", limit=10)[1].splitlines()[:5]
    except (Fail, OSError) as why:
        found.append(str(why))
    os.makedirs(LOGS, exist_ok=True)
    path = os.path.join(LOGS, "e2e-%s.%s" % (f.__name__, box.mpi))
    with open(path, "w") as log:
        return waits.look(log) + found


def run_one(f, mpi):
    """(verdict, why, digest)"""
    box = Box(mpi)
    try:
        f(box)
    except Skip as why:
        return "skip", str(why), []
    except Fail as why:
        if os.environ.get("MANA_TEST_KEEP"):
            shutil.copytree(box.dir, "/tmp/e2e-%s-%s" % (f.__name__, mpi),
                            symlinks=True, dirs_exist_ok=True)
        return "FAIL", str(why).replace("\n", " "), look(
            f, box, isinstance(why, Hang))
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as why:
        return "FAIL", "%s: %s" % (type(why).__name__, why), look(
            f, box, False)
    finally:
        box.close()
    return "ok", "", []


def main():
    """All cases, or those that match an argument; exit code 1: some failed."""
    wanted = sys.argv[1:]
    processes.adopt_orphans()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    verdicts = Verdicts()
    for f, mpi in cases:
        name = "%s.%s" % (f.__name__, mpi)
        if wanted and not any(re.search(w, name) for w in wanted):
            continue
        began = time.monotonic()
        verdict, why, digest = run_one(f, mpi)
        verdicts.say(verdict, "%-36s %5.1f %s" % (
            name, time.monotonic() - began, why), digest)
    return verdicts.end()
