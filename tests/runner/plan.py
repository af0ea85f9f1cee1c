# SPDX-License-Identifier: MIT
"""plan - which cases there are, and the order in which they are run."""
import re

from harness.job import MPIS

from . import apps, programs
from .rows import applies

# What shows most comes first: a chain holds what restart shows.
ROWS = ("chain", "cross", "restart", "checkpoint", "interval", "many",
        "launched", "native")


def find(o):
    """The programs and apps whose names match."""
    found = [] if o.apps else programs.find()
    found += [] if o.no_apps else apps.find()
    return [p for p in found if not o.names or
            any(re.fullmatch(x, p.name) for x in o.names)]


def cases(o):
    """(program, mpi, ranks, row) of all cases."""
    mpis = o.mpi.split(",") if o.mpi else MPIS
    only = [int(n) for n in o.ranks.split(",")] if o.ranks else None
    found = []
    for p in find(o):
        for mpi in [m for m in p.mpis if m in mpis]:
            ranks = [n for n in p.counts(mpi) if not only or n in only]
            for n in ranks[:1] if o.quick else ranks:
                found += [(p, mpi, n, row) for row in o.rows
                          if applies(row, p, mpi, n)]
    return found


def weight(case):
    return ROWS.index(case[3])


def sample(found, rng, memory):
    """The cases in the order of make check: what failed the last time; of each
    family of apps one variant, by row; of each program and MPI one row with
    checkpoints, those that show most; each row of each program; the rest. What
    was not tried for longest comes first each time, then chance decides."""
    rng.shuffle(found)
    found.sort(key=memory.when)
    mine = [c for c in found if not c[0].is_app]
    must = variants([c for c in found if c[0].is_app], memory)
    first = [c for c in found if memory.failed_last(c)]
    order = first + must + drawn(mine, memory)
    return list(dict.fromkeys(order))


def ages(found, key, memory):
    """key(case): when any case of the same key was tried last."""
    age = {}
    for c in found:
        age[key(c)] = max(age.get(key(c), 0), memory.when(c))
    return lambda c: age[key(c)]


def variants(found, memory):
    """Of the cases of apps: those of one variant of each family, all rows but
    native, and many, which is a chain's."""
    old = ages(found, lambda c: (c[0].group,) + c[1:], memory)
    chosen = {}
    for c in sorted(found, key=ages(found, lambda c: c[0].name, memory)):
        chosen.setdefault(c[0].group, c[0].name)
    must = [c for c in found if c[3] not in ("native", "many") and
            chosen[c[0].group] == c[0].name]
    return sorted(must, key=lambda c: (old(c), weight(c)))


def drawn(mine, memory):
    """Of the cases of programs, given by age: see sample."""
    old = ages(mine, lambda c: (c[0].name, c[3]), memory)
    each, rows, met, seen = [], [], set(), set()
    for c in sorted(mine, key=lambda c: (old(c), weight(c))):
        row = (c[0].name, c[3])
        if c[3] not in ("native", "launched") and row not in seen and \
                c[:2] not in met:
            met.add(c[:2])
            seen.add(row)
            each.append(c)
    for c in sorted(mine, key=old):
        row = (c[0].name, c[3])
        if row not in seen:
            seen.add(row)
            rows.append(c)
    return each + rows + mine
