# SPDX-License-Identifier: MIT
"""case - one program, one MPI, one rank count, one row: its directory, its
rounds (a launch and the restarts after it) and the commands sent to it."""
import glob
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time

from harness import job, processes, waits
from harness.job import Fail, Hang, Skip


class TooShort(Fail):
    """The program ended before anything was done to it: try again."""


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
    bin = job.BIN

    def __init__(self, program, mpi, ranks, row, options, attempt=0):
        self.program, self.mpi, self.ranks = program, mpi, ranks
        self.row, self.options = row, options
        self.name = "%s.%s.%d.%s" % (program.name, mpi, ranks, row)
        self.random = random.Random("%s %s" % (options.seed, self.name))
        self.seconds = options.seconds * 2 ** attempt
        self.attempt = attempt
        self.limit = options.limit
        self.dir = os.path.join(options.logs, self.name)
        self.rounds, self.log, self.notes = [], None, []
        self.digest = []  # of a failure, for who sees no logs
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
        if isinstance(exc[1], Fail):
            self.digest = self.inspect(isinstance(exc[1], Hang))
        processes.kill_all([r.process.pid for r in self.rounds], self.temp)
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
        self.notes.append(text)
        self.log.write("%.2f %s\n" % (time.monotonic(), text))
        self.log.flush()

    def environment(self):
        begun = {"CHECK_BEGUN": self.begun} if self.program.begins_late else {}
        return job.environment(self.temp, **begun, **self.program.env)

    def limits(self):
        if self.program.stack == "unlimited":
            resource.setrlimit(resource.RLIMIT_STACK,
                               (resource.RLIM_INFINITY,) * 2)

    def mpirun(self):
        return job.mpirun(self.mpi, self.ranks)

    def tool(self, name):
        return [job.tool(name, self.bin), "--ckptdir", self.ckptdir]

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
        return self.begin(self.mpirun() + self.tool("mana_launch") +
                          self.tls() + list(extra) + self.prepare())

    def restart(self):
        return self.begin(self.mpirun() + self.tool("mana_restart") +
                          self.tls())

    def tls(self):
        """Now and then the lower half as it is where GS cannot be used."""
        return ["--tls", "fs"] if self.random.random() < 0.15 else []

    def ask(self, *what, limit=20):
        """(exit code, stdout, stderr) of one mana_command."""
        code, out, err = job.ask(
            *what, "--ckptdir", self.ckptdir, limit=limit, where=self.bin,
            cwd=self.work, env=self.environment())
        self.note("mana_command %s: %d %s%s" % (
            " ".join(what), code, "" if "--json" in what else out, err))
        return code, out, err

    def status(self):
        return job.status("--ckptdir", self.ckptdir, where=self.bin,
                          cwd=self.work, env=self.environment())

    def ready(self, r):
        """All ranks are connected, and have begun; False when the round ended
        first."""
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            if r.ended():
                return False
            if job.connected(self.status(), self.ranks) and self.has_begun():
                return True
            time.sleep(0.05)
        raise Hang("the ranks did not connect in %.0f s" % self.limit)

    @property
    def begun(self):
        return os.path.join(self.temp, "begun")

    def has_begun(self):
        """Programs that cannot begin again have begun: check_begun()."""
        return not self.program.begins_late or \
            len(glob.glob(self.begun + ".*")) == self.ranks

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

    def generations(self):
        """Of checkpoints that were committed and kept."""
        return glob.glob(self.ckptdir + "/[0-9]*/manifest.json")

    def kill(self):
        """SIGKILL everything; what was printed before must be right."""
        r = self.rounds[-1]
        self.note("kill")
        self.silent(r)
        if not processes.kill_all([x.process.pid for x in self.rounds],
                                  self.temp):
            raise Fail("processes survived SIGKILL")
        r.process.wait(10)

    def expected(self, _line):
        """Of stderr: what is right although the native run does not print it."""
        return False

    def silent(self, r):
        """stderr has nothing that the native run does not print.

        A kill may leave a part of a line, a restart begin with the rest.
        """
        extra = [t for t in r.text(1).splitlines()
                 if t.strip() and not self.expected(t)]
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

    def inspect(self, hung):
        """Of a failed case: its last notes, and, when it hangs, what the
        coordinator says and where who waits."""
        found = [t[:120] for t in self.notes[-3:]]
        if self.rounds:
            found += self.rounds[-1].text(1).strip().splitlines()[-3:]
        if hung:
            try:
                found += self.ask("--status", limit=10)[1].splitlines()[:5]
            except (Fail, OSError) as why:
                found.append(str(why))
            found[3:3] = waits.look(self.log)
        return [t.strip() for text in found for t in text.splitlines() if
                t.strip()]


def plain(line):
    """A message without what differs from run to run: numbers, and the flags
    that gfortran's STOP lists."""
    return re.sub(r"\d+|( IEEE_\w+)+", "N", line).strip()
