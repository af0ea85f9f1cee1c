# SPDX-License-Identifier: MIT
"""apps - installed applications, as tests/apps/*/recipe says (see README.md).

A recipe of one section is one app. In one of several, [app] holds what the
others share, and each of these is a group of `variants`, an app each.
"""
import configparser
import glob
import os
import re
import shutil
import subprocess

from harness.job import TOP, Fail, Skip

from .programs import Runnable

APPS = os.path.join(TOP, "tests", "apps")


class App(Runnable):
    is_app = True
    stdin = None
    stack = None
    may_refuse = False
    begins_late = False

    def __init__(self, where, recipe, variant=None):
        self.dir = os.path.join(APPS, where)
        self.recipe, self.variant = recipe, variant
        self.name = "%s-%s" % (where, variant) if variant else where
        self.group = (where, recipe.name)
        self.mpis = recipe["mpi"].split(",")
        self.ranks = [int(n) for n in recipe["ranks"].split(",")]
        self.env = dict(v.split("=", 1)
                        for v in recipe.get("env", "").split())
        self.needs_native = recipe.get("compare") == "lines"

    def prepare(self, mpi, ranks, work, _seconds):
        for name in self.recipe.get("files", "").split():
            found = glob.glob(os.path.join(self.dir, name))
            if not found:  # what is beside the recipe is always there
                raise (Skip if os.path.isabs(name) else Fail)(
                    "%s is not there" % name)
            for path in found:
                shutil.copy(path, work)
                self.adapt(os.path.join(work, os.path.basename(path)), ranks)
        command = self.recipe.get("command." + mpi) or self.recipe["command"]
        command = command.replace("{variant}", self.variant or "").split()
        if not os.path.exists(command[0]):
            raise Skip("%s is not installed" % command[0])
        return command

    def adapt(self, path, ranks):
        """What `set` says, TEXT: VALUES, put before TEXT in its lines."""
        with open(path) as f:
            text = f.read()
        for key in "set", "set.%d" % ranks:
            for line in self.recipe.get(key, "").splitlines():
                what, values = line.split(":", 1)
                words = r"[ \t]+".join(map(re.escape, what.split()))
                text = re.sub(
                    r"(?m)^(?:.*[ \t])?(%s(?![A-Za-z]).*)" % words,
                    lambda found: values.strip() + " " + found.group(1), text)
        with open(path, "w") as f:
            f.write(text)

    def lines(self, text):
        """Lines as they are compared."""
        drop, mask = self.recipe.get("ignore"), self.recipe.get("mask")
        return [" ".join((re.sub(mask, "", t) if mask else t).split())
                for t in text.splitlines()
                if t.strip() and not (drop and re.search(drop, t))]

    def follows(self, text, want, starts):
        """The last line of @want after which it goes on when @text begins at
        one of @starts; -1 when it does at none. A kill may have cut the line
        that @text begins with: its end is enough."""
        head, _, rest = text.partition("\n")
        whole, tail = self.lines(text), self.lines(rest)
        cut = self.lines(head)
        end = cut[0].split(" ")[-1] if cut else ""
        found = [s + len(whole) for s in starts
                 if want[s:s + len(whole)] == whole]
        found += [s + 1 + len(tail) for s in starts
                  if cut and s < len(want) and want[s].endswith(end) and
                  want[s + 1:s + 1 + len(tail)] == tail]
        return max(found, default=-1)

    def leaves(self, outs, native):
        """None, or where the rounds' output leaves the native run's.

        Each round goes on from a line that the ones before had reached.
        """
        want, reached = self.lines(native), 0
        for n, out in enumerate(outs):
            if n < len(outs) - 1:
                out = out[:out.rfind("\n") + 1]
            end = self.follows(out, want, range(reached + 1))
            if end < 0:
                odd = [t for t in self.lines(out) if t not in want]
                return "round %d leaves the native output after line %d%s" % (
                    n, reached, ": %r" % odd[0] if odd else "")
            reached = max(reached, end)
        return None if end == len(want) else \
            "the output ends after line %d of %d" % (end, len(want))

    def judge(self, outs, errs, native, work):
        text = "".join(outs)
        if "expect_err" in self.recipe and not re.search(
                self.recipe["expect_err"], "".join(errs), re.M):
            return "stderr has nothing like %r" % self.recipe["expect_err"]
        wrong = self.leaves(outs, native) if self.needs_native and \
            native is not None else None
        if wrong:
            return wrong
        if "expect" in self.recipe and not re.search(
                self.recipe["expect"], text, re.M):
            return "printed nothing like %r" % self.recipe["expect"]
        bad = "reject" in self.recipe and re.search(
            self.recipe["reject"], text, re.M)
        return "printed %r" % bad.group(0) if bad else self.verify(work)

    def verify(self, work):
        script = os.path.join(self.dir, "verify")
        if not os.path.exists(script):
            return None
        done = subprocess.run([script], cwd=work, timeout=60, text=True,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.stdout.strip() or "verify failed" if done.returncode \
            else None


def read(where):
    """The apps of one recipe."""
    ini = configparser.ConfigParser(
        interpolation=None, default_section="app", delimiters="=")
    ini.read(os.path.join(APPS, where, "recipe"))
    if not ini.sections():
        return [App(where, ini["app"])]
    return [App(where, ini[group], variant) for group in ini.sections()
            for variant in ini[group]["variants"].split()]


def find():
    return [app for where in sorted(os.listdir(APPS))
            if os.path.exists(os.path.join(APPS, where, "recipe"))
            for app in read(where)]
