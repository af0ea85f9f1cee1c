# SPDX-License-Identifier: MIT
"""case - one program, one MPI, one rank count, one row: its directory, its
rounds (a launch and the restarts after it) and the commands sent to it."""
import glob
import json
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time

from . import processes
from .programs import TOP, Fail, Skip

BIN = os.environ.get("MANA_TEST_BIN", os.path.join(TOP, "build", "bin"))
MPIRUN = {
    "mpich": ["mpirun.mpich"],
    "openmpi": ["mpirun.openmpi", "--oversubscribe"],
    "none": [],
}


class Hang(Fail):
    """A wait reached its limit."""


class TooShort(Fail):
    """The program ended before anything was done to it: try again."""


def command(name):
    path = os.path.join(BIN, name)
    if not os.path.exists(path):
        raise Skip("%s is not built" % name)
    return path


CANNOT = 77  # exit code of a program that cannot be tried here


class Round:
    """One mpirun: started, ended, its output read."""

    def __init__(self, case, number, argv):
        self.case = case
        self.paths = [os.path.join(case.dir, "%s.%d" % (what, number))
                      for what in ("out", "err")]
        case.note("round %d: %s" % (number, " ".join(argv)))
        stdin = case.program.stdin if number == 0 else None
        with open(stdin or os.devnull) as i, open(self.paths[0], "w") as o, \
                open(self.paths[1], "w") as e:
            self.process = subprocess.Popen(
                argv, cwd=case.work, env=case.environment(), stdin=i,
                stdout=o, stderr=e, start_new_session=True,
                preexec_fn=case.limits)
        self.started = time.monotonic()

    def ended(self):
        return self.process.poll() is not None

    def text(self, which):
        with open(self.paths[which], errors="replace") as f:
            return f.read()

    def wait(self, limit):
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Hang("still running after %.0f s" % limit) from None
        if self.process.returncode:
            err = self.text(1).strip().splitlines() or ["stderr is empty"]
            if self.process.returncode == CANNOT:
                said = self.text(1).split("-----")[0] # mpirun's own follows
                raise Skip((said.strip().splitlines() or err)[-1])
            raise Fail("exit code %d: %s" % (
                self.process.returncode, " | ".join(err[:6])[:600]))

    def sleep(self, seconds):
        """False when the round ended meanwhile."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False


class Case:
    def __init__(self, program, mpi, ranks, row, options, attempt=0):
        self.program, self.mpi, self.ranks = program, mpi, ranks
        self.row, self.options = row, options
        self.name = "%s.%s.%d.%s" % (program.name, mpi, ranks, row)
        self.random = random.Random("%s %s" % (options.seed, self.name))
        self.seconds = options.seconds * 2 ** attempt
        self.attempt = attempt
        self.limit = options.limit
        self.dir = os.path.join(options.logs, self.name)
        self.rounds, self.log = [], None
        self.temp = self.work = self.ckptdir = None

    def __enter__(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.log = open(os.path.join(self.dir, "log"), "w")
        self.temp = tempfile.mkdtemp(prefix="mana-test-")
        self.work = os.path.join(self.temp, "work")
        self.ckptdir = os.path.join(self.temp, "ckpt")
        os.mkdir(self.work)
        return self

    def __exit__(self, *exc):
        if isinstance(exc[1], Hang):
            self.inspect()
        processes.kill_all([r.process.pid for r in self.rounds])
        for r in self.rounds:
            r.ended()
        if exc[1]:
            self.note("result: %s" % exc[1])
        if self.options.keep and exc[1]:
            self.note("kept: %s" % self.temp)
        else:
            shutil.rmtree(self.temp, ignore_errors=True)
        self.log.close()

    def note(self, text):
        self.log.write("%.2f %s\n" % (time.monotonic(), text))
        self.log.flush()

    def environment(self):
        env = dict(os.environ)
        for name in list(env):
            if name.startswith("MANA_"):
                del env[name]
        # Open MPI's session directory carries mpirun's pid. One that a killed
        # mpirun left with another umask stops a later one of the same pid.
        env.update(TMPDIR=self.temp, OMPI_ALLOW_RUN_AS_ROOT="1",
                   OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", **self.program.env)
        return env

    def limits(self):
        if self.program.stack == "unlimited":
            resource.setrlimit(resource.RLIMIT_STACK,
                               (resource.RLIM_INFINITY,) * 2)

    def mpirun(self):
        head = MPIRUN[self.mpi]
        if not head:
            return []
        if not shutil.which(head[0]):
            raise Skip("%s is not installed" % head[0])
        return head + ["-n", str(self.ranks)]

    def begin(self, argv):
        self.rounds.append(Round(self, len(self.rounds), argv))
        return self.rounds[-1]

    def prepare(self):
        return self.program.prepare(self.mpi, self.ranks, self.work,
                                    self.seconds)

    def native(self):
        return self.begin(self.mpirun() + self.prepare())

    @property
    def most(self):
        """How long the program runs; less when that was found too long."""
        seconds = float(self.native_text("seconds")) \
            if self.program.is_app else self.options.seconds
        return seconds / 2 ** self.attempt

    def launch(self, *extra):
        return self.begin(self.mpirun() + [
            command("mana_launch"), "--ckptdir", self.ckptdir] +
            self.tls() + list(extra) + self.prepare())

    def restart(self):
        return self.begin(self.mpirun() + [
            command("mana_restart"), "--ckptdir", self.ckptdir] + self.tls())

    def tls(self):
        """Now and then the lower half as it is where GS cannot be used."""
        return ["--tls", "fs"] if self.random.random() < 0.15 else []

    def ask(self, *what, limit=20):
        """(exit code, stdout, stderr) of one mana_command."""
        argv = [command("mana_command"), "--ckptdir", self.ckptdir]
        try:
            done = subprocess.run(
                argv + list(what), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                timeout=limit, cwd=self.work)
        except subprocess.TimeoutExpired:
            raise Hang("mana_command %s: no answer in %d s" % (
                " ".join(what), limit)) from None
        self.note("mana_command %s: %d %s%s" % (
            " ".join(what), done.returncode,
            "" if "--json" in what else done.stdout, done.stderr))
        return done.returncode, done.stdout, done.stderr

    def ready(self, r):
        """All ranks are connected; False when the round ended first."""
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            if r.ended():
                return False
            code, out, _ = self.ask("--status", "--json")
            job = json.loads(out).get("job") if code == 0 else None
            if job and job["connected"] == job["size"] == self.ranks:
                return True
            time.sleep(0.05)
        raise Hang("the ranks did not connect in %.0f s" % self.limit)

    def checkpoint(self, r):
        """'committed', 'refused', or 'ended' when the program had ended."""
        code, _, err = self.ask("--checkpoint", "--wait", limit=self.limit)
        if code == 0:
            return "committed"
        ends = re.search("ended|ending|gone|no job|no coordinator", err)
        if not r.sleep(self.limit if ends else 0.3):
            return "ended"
        if self.program.may_refuse and err.strip():
            return "refused"
        raise Fail("checkpoint: exit code %d: %s" % (code, err.strip()))

    def kill(self):
        """SIGKILL everything; what was printed before must be right."""
        r = self.rounds[-1]
        self.note("kill")
        self.silent(r)
        if not processes.kill_all([x.process.pid for x in self.rounds]):
            raise Fail("processes survived SIGKILL")
        r.process.wait(10)
        # Elsewhere, or later, the launcher's own files are not there.
        for left in glob.glob(self.temp + "/prte*") + \
                glob.glob(self.temp + "/ompi.*"):
            shutil.rmtree(left, ignore_errors=True)

    def silent(self, r):
        """stderr has nothing that the native run does not print.

        A kill may leave a part of a line, a restart begin with the rest.
        """
        extra = [t for t in r.text(1).splitlines() if t.strip()]
        if extra and self.row != "native":
            native = self.native_text("err.0")
            known = "\n".join(map(plain, native.splitlines()))
            extra = [t for t in extra if plain(t) not in known]
            if self.program.may_refuse:  # a checkpoint of -i
                extra = [t for t in extra if
                         not t.startswith("mana_launch: no checkpoint: ")]
            if extra:
                raise Fail("stderr: %s" % extra[0][:300])

    def native_text(self, what):
        """Of a native run of the same, made once and kept: out.0, err.0 or
        seconds."""
        top = os.path.join(self.options.logs, "%s.%s.%d.native" % (
            self.program.name, self.mpi, self.ranks))
        if not os.path.exists(os.path.join(top, "seconds")):
            with Case(self.program, self.mpi, self.ranks, "native",
                      self.options) as c:
                r = c.native()
                r.wait(self.limit)
                with open(os.path.join(top, "seconds"), "w") as f:
                    f.write("%.2f" % (time.monotonic() - r.started))
        with open(os.path.join(top, what), errors="replace") as f:
            return f.read()

    def finish(self, r):
        """Wait for the end of the program and judge all of its output."""
        r.wait(self.limit)
        self.silent(r)
        native = None
        if self.program.is_app and self.program.needs_native and \
                self.row != "native":
            native = self.native_text("out.0")
        wrong = self.program.judge([x.text(0) for x in self.rounds],
                                   [x.text(1) for x in self.rounds],
                                   native, self.work)
        if wrong:
            raise Fail(wrong)

    def inspect(self):
        """For a hung case: who waits for what."""
        try:
            self.ask("--status", limit=10)
        except (Fail, Skip) as why:
            self.note(str(why))
        processes.backtraces(self.log)


def plain(line):
    """A message without what differs from run to run: numbers, and the flags
    that gfortran's STOP lists."""
    return re.sub(r"\d+|( IEEE_\w+)+", "N", line).strip()
