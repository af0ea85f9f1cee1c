# SPDX-License-Identifier: MIT
"""programs - the programs of tests/programs.

A Program says with which MPIs and rank counts it runs and prepares a command
in a work directory; how its output is judged is its own business too.
"""
import os
import re
import subprocess

from harness.job import NAMES, SPINS, TOP, Fail, Skip, compiler

BUILD = os.path.join(TOP, "build", "tests")
WARN = ["-O2", "-g", "-Wall", "-Wextra", "-Wno-stringop-overflow"]
LANGUAGE = {".c": "c", ".cc": "cxx", ".f": "fort", ".f90": "fort"}
STANDARD = {".c": ["-std=gnu11"], ".cc": ["-std=gnu++17"]}


class Runnable:
    """What a program and an application have in common."""

    mpich = 2  # ranks at most on MPICH, and where ranks spin as its do

    def counts(self, mpi):
        """How many ranks it runs with."""
        return [n for n in self.ranks if mpi not in SPINS or n <= self.mpich]


class Program(Runnable):
    """A self-verifying test program: prints PASSED and nothing else."""

    is_app = False
    stdin = None

    def __init__(self, source):
        self.source = source
        self.name, self.kind = os.path.splitext(os.path.basename(source))
        self.used = ["check.inc" if LANGUAGE[self.kind] == "fort"
                     else "check.h"]  # of its directory
        tags = self.read_tags()
        self.mpis = tags.get("mpi", ",".join(NAMES)).split(",")
        self.ranks = [int(n) for n in tags.get("ranks", "2").split(",")]
        self.mpich = int(tags.get("mpich", self.mpich))
        self.cflags = tags.get("cflags", "").replace(",", " ").split()
        self.libs = tags.get("libs", "").replace(",", " ").split()
        self.may_refuse = tags.get("ckpt", "yes") == "may"
        self.stack = tags.get("stack")
        self.begins_late = tags.get("begins") == "late"
        self.numbers = tags.get("stdin") == "numbers"
        self.env = {}

    def read_tags(self):
        with open(self.source) as f:
            head = f.read(2000)
        self.used += re.findall(r'#include "(\w+\.(?:c|h|f90))"', head)
        found = re.search(r"test:((?: [a-z]+=\S+)+)", head)
        if not found:
            raise SystemExit("run: %s: has no test: line" % self.source)
        return dict(t.split("=", 1) for t in found.group(1).split())

    def build(self, mpi):
        out = os.path.join(BUILD, mpi, self.name)
        sources = [self.source] + [
            os.path.join(os.path.dirname(self.source), f) for f in self.used]
        if os.path.exists(out) and all(
                os.path.getmtime(s) < os.path.getmtime(out)
                for s in sources):
            return out
        os.makedirs(os.path.dirname(out), exist_ok=True)
        new = "%s.%d" % (out, os.getpid())
        done = subprocess.run(
            [compiler(mpi, LANGUAGE[self.kind])] +
            STANDARD.get(self.kind, []) + WARN + self.cflags +
            [self.source, "-o", new, "-pthread", "-ldl"] + self.libs,
            cwd=os.path.dirname(out), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=120)
        lacking = re.search(r"#error skip: (.*)", done.stdout)
        if done.returncode and lacking:
            raise Skip(lacking.group(1))
        if done.returncode:
            raise Fail("does not compile: " +
                       (done.stdout.strip().splitlines() or ["?"])[0])
        os.rename(new, out)
        return out

    def prepare(self, mpi, _ranks, work, seconds):
        """The command; what it needs is put into the directory @work."""
        if self.numbers:
            self.stdin = os.path.join(work, "numbers")
            with open(self.stdin, "w") as f:
                f.write("".join("%d\n" % n for n in range(1, 1001)))
        return [self.build(mpi), "%g" % seconds]

    def judge(self, outs, _errs, _native, _work):
        """None, or what is wrong with the rounds' outputs.

        A round that was to be killed may have ended just before.
        """
        early = set(outs[:-1]) - {"", "PASSED\n"}
        if outs[-1] != "PASSED\n" or early:
            return "printed %r, expected PASSED alone" % "".join(outs)[-300:]
        return None


def find():
    """The programs of tests/programs."""
    programs = os.path.join(TOP, "tests", "programs")
    return [Program(os.path.join(programs, f))
            for f in sorted(os.listdir(programs))
            if os.path.splitext(f)[1] in LANGUAGE]
