#!/usr/bin/env python3
"""includes.py - which directory may include which; prints what breaks it

A row says what its files may include besides their own directory. It can name
rows above it only, so there is no circle. tests/lint gives it the files.
"""
import os
import re
import sys

TABLE = [line.split() for line in """
common
image               common
client              common
coordinator         common client
gatherer            common client
command             common client
watch               common client
launch              common client
run                 common client launch
upper-half          common
lower-half          common image client launch upper-half
restart             common image client launch upper-half lower-half
mpi-wrappers        common
mpi-wrappers/front  common mpi-wrappers
mpi-wrappers/back   common mpi-wrappers upper-half
inspect             common image launch upper-half lower-half restart mpi-wrappers
slurm               common
programs            common client coordinator gatherer command watch launch run upper-half lower-half restart inspect
""".strip().splitlines()]
NAMES = [row[0] for row in TABLE]
PATHS = [".", "common", "common/arch/x86_64"]  # INCLUDES of the Makefile
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')


def directory_of(path):
    """The longest name in the table that path lies in."""
    inside = [name for name in NAMES if path.startswith(name + "/")]
    return max(inside, key=len, default=None)


def target(path, name, files):
    """The file that an include in path leads to; None: a generated one."""
    for at in [os.path.dirname(path)] + PATHS:
        found = os.path.normpath(os.path.join(at, name))
        if found in files:
            return found
    return None


def offences(files):
    for path in sorted(files):
        own = directory_of(path)
        if not own:
            yield "%s: the table has no such directory" % path
            continue
        may = {own} | set(TABLE[NAMES.index(own)][1:])
        with open(path) as f:
            for number, line in enumerate(f, 1):
                m = INCLUDE.match(line)
                to = m and target(path, m[1], files)
                if to and directory_of(to) not in may:
                    yield "%s:%d: %s may not include %s" % (
                        path, number, own, to)


def circles():
    for i, (name, *may) in enumerate(TABLE):
        for other in may:
            if other not in NAMES[:i]:
                yield "%s: %s does not stand above it" % (name, other)


def main():
    files = set(sys.stdin.read().split())
    bad = list(circles()) + list(offences(files))
    print("\n".join(bad), end="\n" if bad else "")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
