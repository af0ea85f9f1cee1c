# SPDX-License-Identifier: MIT
"""memory - which cases were tried on this machine, and when, and which failed.

One run of `make check` has not the time for all, so each begins with what the
ones before left out. The file is a convenience: without it, or if it is damaged
or not to be written, cases are drawn as on a machine where nothing was tried.
"""
import json
import os
import time


def path():
    """MANA_CHECK_MEMORY, which may be empty: no memory."""
    state = os.environ.get("XDG_STATE_HOME") or \
        os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.environ.get("MANA_CHECK_MEMORY",
                          os.path.join(state, "mana", "check.json"))


def name(case):
    program, mpi, ranks, row = case
    return "%s.%s.%d.%s" % (program.name, mpi, ranks, row)


class Memory:
    def __init__(self):
        self.path = path()
        self.tried, self.failed = self.read()
        self.now = int(time.time())
        self.new = {}  # name: did it fail

    def read(self):
        """({name: when}, names)"""
        try:
            with open(self.path) as f:
                kept = json.load(f)
            return ({str(k): int(v) for k, v in kept["tried"].items()},
                    {str(k) for k in kept["failed"]})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}, set()

    def when(self, case):
        """0: never."""
        return self.tried.get(name(case), 0)

    def failed_last(self, case):
        return name(case) in self.failed

    def note(self, case, failed):
        self.new[name(case)] = failed

    def write(self):
        """What other runs have noted meanwhile stays; of two that write at
        the same moment one is forgotten, which costs a trial."""
        if not self.path or not self.new:
            return
        tried, failed = self.read()
        tried.update((k, self.now) for k in self.new)
        failed = failed - set(self.new) | {k for k in self.new if self.new[k]}
        part = "%s.%d" % (self.path, os.getpid())
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with open(part, "w") as f:
                json.dump({"tried": tried, "failed": sorted(failed)}, f)
            os.replace(part, self.path)
        except OSError:
            pass
