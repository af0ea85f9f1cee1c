# SPDX-License-Identifier: MIT
"""box - what a case of e2e works in: a directory, an environment, jobs, and
how they are judged. Whatever it started is killed at its end."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from harness import job as jobs
from harness import processes
from harness.job import TOP, Fail, Hang, compiler, tool

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(TOP, "build", "tests", "e2e")
LIMIT = 60	# seconds any wait may take; the machine may be busy
LINE = re.compile(r"^mana_[a-z]+: ")


def check(what, why):
    if not what:
        raise Fail(why)


def until(what, why, limit=LIMIT):
    """Wait for what() to be true, and return what it returned."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.05)
    raise Hang("%s: not within %d s" % (why, limit))


def subject(mpi, source="subject.c", *flags):
    """The test program, built for this MPI."""
    source = os.path.join(HERE, source)
    name = os.path.splitext(os.path.basename(source))[0]
    out = os.path.join(BUILD, "-".join((name, mpi) + flags))
    used = [source] + glob.glob(os.path.join(HERE, "*.h"))
    if os.path.exists(out) and \
            os.path.getmtime(out) > max(map(os.path.getmtime, used)):
        return out
    os.makedirs(BUILD, exist_ok=True)
    new = "%s.%d" % (out, os.getpid())
    argv = [compiler(mpi), "-std=gnu11", "-O1", "-g", "-pthread", source, "-o",
            new]
    if mpi == "none":
        argv.insert(1, "-DNO_MPI")
    done = subprocess.run(
        argv + list(flags), stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    check(done.returncode == 0, "%s does not compile: %s" % (
        os.path.basename(source), done.stdout.strip()[:300]))
    os.rename(new, out)
    return out


class Job:
    """One mpirun, or a program without one."""

    def __init__(self, box, argv, env=None, stdin=subprocess.DEVNULL,
                 preexec=None, cwd=None, stdout=None):
        self.files = [os.path.join(box.dir, "%s.%d" % (what, len(box.jobs)))
                      for what in ("out", "err")]
        self.argv = argv
        with open(self.files[0], "w") as out, open(self.files[1], "w") as err:
            self.process = subprocess.Popen(
                argv, cwd=cwd or box.dir, env=env or box.env, stdin=stdin,
                stdout=out if stdout is None else stdout, stderr=err,
                preexec_fn=preexec, start_new_session=True)

    @property
    def out(self):
        return open(self.files[0], errors="replace").read()

    @property
    def err(self):
        return open(self.files[1], errors="replace").read()

    @property
    def lines(self):
        """What mana's programs said on stderr."""
        return [t for t in self.err.splitlines() if LINE.match(t)]

    def ended(self):
        return self.process.poll() is not None

    def wait(self, limit=LIMIT):
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Hang("still running after %d s: %s %s" % (
                limit, " ".join(self.lines), self.out[-200:])) from None

    def passed(self, limit=LIMIT):
        """Ended well: all ranks said so, and nothing was on stderr."""
        code = self.wait(limit)
        check(code == 0, "exit code %d: %s" % (code, self.err[:300]))
        check("PASSED" in self.out, "printed %r" % self.out[-200:])
        check(not self.lines, "not silent: %s" % self.err[:300])

    def refused(self, *words, count=1, limit=LIMIT):
        """Exit code 99 and one line with these words (expressions)."""
        code = self.wait(limit)
        text = " | ".join(self.lines) or self.err[:300]
        check(code == 99, "exit code %d, not 99: %s" % (code, text))
        check(1 <= len(self.lines) <= count, "%d lines, not %d: %s" % (
            len(self.lines), count, text))
        for word in words:
            check(re.search(word, self.lines[0]), "no '%s' in: %s" % (
                word, self.lines[0]))
        check(self.lines[0].count(": ") >= 2 or count > 1,
              "not what: why: what to do: " + self.lines[0])


class Box:
    """Directory, environment and processes of one case."""

    def __init__(self, mpi):
        self.mpi, self.jobs = mpi, []
        self.on = []	# what mana_command is started by
        self.user = None	# called in a child: who mana_command runs as
        self.dir = tempfile.mkdtemp(prefix="mana-e2e-")
        self.ckpt = os.path.join(self.dir, "ckpt")
        self.announced = os.path.join(self.ckpt, "coordinator.json")
        self.env = jobs.environment(self.dir)

    def close(self):
        processes.kill_all([j.process.pid for j in self.jobs], self.dir)
        for j in self.jobs:
            j.ended()
        shutil.rmtree(self.dir, ignore_errors=True)

    def tool(self, name):
        return tool(name)

    def mpirun(self, n):
        return jobs.mpirun(self.mpi, n)

    def start(self, argv, **how):
        self.jobs.append(Job(self, argv, **how))
        return self.jobs[-1]

    def native(self, *what, n=2, **how):
        return self.start(self.mpirun(n) + [subject(self.mpi)] +
                          [str(w) for w in what], **how)

    def launch(self, *what, n=2, options=(), program=None, **how):
        return self.start(
            self.mpirun(n) + [self.tool("mana_launch")] + list(options) +
            [program or subject(self.mpi)] + [str(w) for w in what], **how)

    def restart(self, *options, n=2, **how):
        return self.start(self.mpirun(n) + [self.tool("mana_restart")] +
                          list(options), **how)

    def by_hand(self, *options, env=None):
        """Start a coordinator; its process."""
        path = self.announced
        old = open(path).read() if os.path.exists(path) else ""
        job = self.start([self.tool("mana_coordinator"), "--quiet"] +
                         list(options), env=env)
        if "--port-file" not in options:
            until(lambda: os.path.exists(path) and open(path).read() != old,
                  "no coordinator")
        return job

    def ask(self, *what, limit=LIMIT, env=None):
        """(exit code, stdout, stderr) of one mana_command."""
        return jobs.ask(*what, limit=limit, under=self.on, cwd=self.dir,
                        where=os.path.dirname(self.tool("mana_command")),
                        env=env or self.env, preexec_fn=self.user)

    def coordinator(self):
        """What it announces of itself."""
        with open(self.announced) as f:
            return json.load(f)

    def status(self, *where):
        code, out, _ = self.ask("--json", *where)
        return json.loads(out) if code == 0 else {}

    def job(self):
        """What the coordinator says of the job; {} when there is none."""
        return self.status().get("job") or {}

    def connected(self, job, *where):
        """Wait until all ranks are."""
        def all_there():
            if job.ended():
                raise Fail("ended too soon: %d %s" % (
                    job.process.returncode, job.err[:300]))
            return jobs.connected(self.status(*where))
        until(all_there, "the ranks did not connect")

    def ready(self, job, *where):
        """All ranks are connected and in their loop."""
        self.connected(job, *where)
        until(lambda: job.ended() or "running" in job.out,
              "the program did not start")

    def checkpoint(self, *where):
        for _ in range(20):  # the program has a pipe open now and then
            code, out, err = self.ask("--checkpoint", "--wait", *where)
            if code == 0 or "cannot be saved yet" not in err:
                break
        check(code == 0, "checkpoint: exit code %d: %s" % (code, err.strip()))
        return out

    def saved(self, *more, n=2, what="loop", seconds=3600, rounds=1, **how):
        """A job that was checkpointed and killed."""
        job = self.launch(what, seconds, *more, n=n, **how)
        self.ready(job)
        for _ in range(rounds):
            self.checkpoint()
        self.kill()
        return job

    def kill(self):
        """SIGKILL everything, as when the machine fails."""
        processes.kill_all([j.process.pid for j in self.jobs], self.dir)
        for j in self.jobs:
            j.process.wait(10)

    def kill_one(self, pid, number=signal.SIGKILL):
        """Of a pid that was read somewhere: only if this case started it."""
        check(pid in processes.descendants(), "%r is no process of ours" % pid)
        os.kill(pid, number)

    def broken(self, job):
        """A job that was killed: mpirun's exit code. orterun 4.1.4 may lock
        itself up then (PMIx_server_finalize waits for a mutex that a thread it
        has ended held); that is not ours to judge."""
        try:
            return job.process.wait(30)
        except subprocess.TimeoutExpired:
            check(self.mpi == "openmpi", "mpirun is left")
        self.kill_one(job.process.pid)
        return job.wait()

    def ranks(self):
        """Pids of the ranks, by rank."""
        return [r["pid"] for r in self.job().get("ranks", [])]

    def generations(self):
        return sorted(int(os.path.basename(os.path.dirname(p))) for p in
                      glob.glob(self.ckpt + "/[0-9]*/manifest.json"))

    def image(self, rank=0, generation=None):
        return "%s/%d/rank-%d.mana" % (
            self.ckpt, generation or self.generations()[-1], rank)

    def stray(self):
        """Names of processes that are left, after a grace time."""
        end = time.monotonic() + 15
        while time.monotonic() < end:
            left = processes.descendants()
            if not left:
                return []
            time.sleep(0.1)
        names = []
        for pid in left:
            try:
                with open("/proc/%d/cmdline" % pid) as f:
                    names.append(f.read().replace("\0", " ").strip())
            except OSError:
                pass
        return names
