# SPDX-License-Identifier: MIT
"""batch - a job of tests/slurm: its line, its script, what it has said."""
import copy
import functools
import os
import pwd
import re
import subprocess
import tempfile
import threading
import time

from harness import job as jobs
from harness.job import TOP, Fail, Hang, Skip, compiler

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(TOP, "build", "tests", "slurm")
building = threading.Lock()
LIMIT = 120  # seconds a job may take from one sign of life to the next
PLUGINS = "/usr/lib/x86_64-linux-gnu/slurm-wlm"
# How a job of two ranks is started: what Slurm's documentation says for each.
LINES = {
    "openmpi.srun": "srun --mpi=pmix -n 2",
    "openmpi.mpirun": "mpirun.openmpi -n 2",
    "mpich.srun": "srun --mpi=pmi2 -n 2",
    "mpich.mpirun": "mpirun.mpich -n 2",
    "none": "",
}
# UCX goes through shared memory, though Slurm's nodes are two to MPICH: over TCP
# MPICH 4.0.2's MPI_Finalize natively hangs in one run of fifty, one rank in
# ucp_worker_progress() and the other in PMI's barrier already.
SCRIPT = """#!/bin/sh
export PATH=%s:$PATH TMPDIR=$PWD/t
mkdir -p t
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
export UCX_TLS=sm,self
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
%s
"""


@functools.lru_cache(maxsize=None)
def built(mpi):
    os.makedirs(BUILD, exist_ok=True)
    out = os.path.join(BUILD, "steps-" + mpi)
    done = subprocess.run(
        [compiler(mpi), "-O1", "-o", out, os.path.join(HERE, "steps.c")] +
        (["-DNO_MPI"] if mpi == "none" else []), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Fail("steps.c does not compile: " + done.stdout[:300])
    return out


def program(mpi):
    """tests/slurm/steps.c, built for this MPI, once for all that ask."""
    with building:
        return built(mpi)


@functools.lru_cache(maxsize=None)
def install(where):
    done = subprocess.run(
        ["make", "-s", "install", "prefix=" + where], cwd=TOP, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    if done.returncode:
        raise Fail("make install: " + done.stdout[-300:])


class Batch:
    """A directory with a job in it, submitted to a cluster."""

    def __init__(self, cluster, how):
        self.cluster, self.how = cluster, how
        self.mpi = how.split(".")[0]
        self.line = LINES[how]
        for need in self.needs():
            if not os.path.exists(need):
                raise Skip("%s is not installed" % need)
        if not jobs.installed(self.mpi):
            raise Skip("%s is not installed" % self.mpi)
        self.dir = tempfile.mkdtemp(dir=cluster.dir, prefix="w.")
        os.chmod(self.dir, 0o755)
        self.ckpt = os.path.join(self.dir, "ckpt")
        self.job = None
        self.output = "out"

    def needs(self):
        found = re.search(r"--mpi=(\w+)", self.line)
        return [PLUGINS + "/mpi_%s.so" % found[1]] if found else []

    def submit(self, text, *options):
        self.job = self.cluster.submit(
            SCRIPT % (jobs.BIN, text), "--output=" + self.output,
            "--open-mode=append", "--requeue", *options, work=self.dir)

    def installed(self):
        where = os.path.join(self.cluster.dir, "mana")
        with building:
            install(where)
        return where

    def submit_shipped(self, name, program, *options):
        """A script of slurm/ as it is installed, with the lines changed that
        it says are to be."""
        where = self.installed()
        with open(os.path.join(where, "share", "mana", name)) as f:
            text = f.read().replace("#SBATCH --ntasks=4\n", "")
        text = text.replace("srun --mpi=pmix", self.line)
        text = text.replace("./my_program", program)
        first = re.search(r"^[^#\n]", text, re.M).start()
        self.job = self.cluster.submit(
            text[:first] + SCRIPT % (os.path.join(where, "bin"), "") +
            text[first:], "--output=" + self.output, *options, work=self.dir)

    def tasks(self, n):
        """What submit() has begun is an array of so many."""
        made = [copy.copy(self) for _ in range(n)]
        for i, task in enumerate(made):
            task.job = "%d_%d" % (self.job, i)
            task.output = self.output.replace("%a", str(i))
        return made

    def belongs_to(self, user):
        """The job and its directory are another user's."""
        os.chown(self.dir, pwd.getpwnam(user).pw_uid, -1)
        return "--uid=" + user

    @property
    def out(self):
        try:
            with open(os.path.join(self.dir, self.output), errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def state(self):
        return self.cluster.state(self.job)

    def until(self, test, what, limit=LIMIT):
        end = time.monotonic() + limit
        while not test():
            if time.monotonic() > end:
                raise Hang("%s: not within %d s: %s" % (
                    what, limit, self.out[-200:]))
            time.sleep(0.25)

    def says(self, second):
        """Until the program has come that far."""
        self.until(lambda: re.search(r"^(second %d|PASSED) " % second, self.out,
                                     re.M), "second %d" % second)

    def slurm(self, *argv):
        code, _, err = self.cluster.ask(*argv)
        if code:
            raise Fail("%s: %s" % (os.path.basename(argv[0]), err.strip()))

    def signal(self, name):
        """To mana_run alone, as users do."""
        self.slurm("scancel", "--batch", "-s", name, str(self.job))

    def never_began_anew(self):
        if self.out.count("second 0 ") != 1:
            raise Fail("it began anew: " + self.out[-300:])

    def was_requeued(self):
        if self.state()["Restarts"] == "0":
            raise Fail("it was not requeued: " + self.out[-300:])

    def restarts(self, n):
        found = self.state().get("Restarts")
        if found != str(n):
            raise Fail("requeued %s times, not %d: %s" % (
                found, n, self.out[-300:]))

    def completes(self, limit=LIMIT):
        """The queue says so, and so does the program; what it said is in one
        order: each run begins at most one second beyond where another was."""
        over = ("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL",
                "PREEMPTED", "OUT_OF_MEMORY")
        self.until(lambda: self.state()["JobState"] in over, "the job's end",
                   limit)
        state = self.state()["JobState"]
        if state != "COMPLETED" or "PASSED " not in self.out:
            raise Fail("%s: %s" % (state, self.out[-300:]))
        seen = -1
        for n in map(int, re.findall(r"^second (\d+) of \d+$", self.out,
                                     re.M)):
            if n > seen + 1:
                raise Fail("second %d came after %d: work is lost" % (n, seen))
            seen = max(seen, n)
