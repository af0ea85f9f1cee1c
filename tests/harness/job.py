# SPDX-License-Identifier: MIT
"""job - how a program is started under each MPI, and how mana is asked of it.

This is the only place that knows the commands of the MPIs, the environment that
they need, and where mana's own commands are.
"""
import json
import os
import shutil
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.environ.get("MANA_TEST_BIN", os.path.join(TOP, "build", "bin"))
LOGS = os.path.join(TOP, "build", "test-logs")
NAMES = {"mpich": "MPICH", "openmpi": "Open MPI"}
MPIS = tuple(NAMES) + ("none",)
MPIRUN = {
    "mpich": ["mpirun.mpich"],
    "openmpi": ["mpirun.openmpi", "--oversubscribe"],
    "none": [],
}
SPINS = ("mpich",)  # ranks that wait keep a processor busy; others' yield
# Open MPI wants to be told twice.
AS_ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


class Fail(Exception):
    """The case is wrong; the text says what."""


class Hang(Fail):
    """A wait reached its limit."""


class Skip(Exception):
    """The case cannot run here; the text says why."""


def tool(name, where=None):
    """The path of one of mana's commands. One that is not built is no reason
    to skip anything: everything would be skipped."""
    path = os.path.join(where or BIN, name)
    if not os.path.exists(path):
        raise Fail("%s is not built: run make" % name)
    return path


def installed(mpi):
    return not MPIRUN[mpi] or shutil.which(MPIRUN[mpi][0]) is not None


def mpirun(mpi, ranks):
    """What comes before a program's name."""
    if not installed(mpi):
        raise Skip("%s is not installed" % MPIRUN[mpi][0])
    return MPIRUN[mpi] + ["-n", str(ranks)] if MPIRUN[mpi] else []


def compiler(mpi, language="c"):
    """The command that compiles: c, cxx or fort."""
    name = {"c": "gcc", "cxx": "g++", "fort": "gfortran"}[language] \
        if mpi == "none" else \
        {"c": "mpicc.", "cxx": "mpicxx.", "fort": "mpifort."}[language] + mpi
    if not shutil.which(name):
        raise Skip("%s is not installed" % name)
    return name


def environment(temp=None, **more):
    """Nothing of a mana that the tests themselves may run under; what the
    launchers leave of their own goes to @temp (see processes.end)."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MANA_")}
    if temp:
        env["TMPDIR"] = temp
    env.update(AS_ROOT, **more)
    return env


def ask(*what, limit=20, where=None, under=(), **how):
    """(exit code, stdout, stderr) of one mana_command, which is started by
    @under; @how is subprocess.run's."""
    try:
        done = subprocess.run(
            list(under) + [tool("mana_command", where)] + list(what),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=limit, **how)
    except subprocess.TimeoutExpired:
        raise Hang("mana_command %s: no answer in %d s" % (
            " ".join(what), limit)) from None
    return done.returncode, done.stdout, done.stderr


def status(*where, **how):
    """What the coordinator says of itself; {} when there is none."""
    code, out, _ = ask("--json", *where, **how)
    return json.loads(out) if code == 0 else {}


def connected(said, ranks=None):
    """Are all ranks of the job there, of which a coordinator @said this?"""
    job = said.get("job")
    return bool(job) and job["connected"] == job["size"] == (
        ranks or job["size"])
