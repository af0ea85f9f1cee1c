#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_plan - the order of make check: what one run leaves the next begins
with, whatever became of the file that remembers; what is said at the end"""
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

from harness.verdicts import Verdicts, read  # noqa: E402
from runner import apps, plan, programs  # noqa: E402
from runner.memory import Memory, name  # noqa: E402
from runner.rows import ROWS, applies  # noqa: E402

DAMAGED = ["", "{", "[]", "null", '{"tried": 3, "failed": []}',
           '{"tried": {"a": "b"}, "failed": []}', '{"tried": {}}',
           '{"tried": {}, "failed": 7}', "\0\1\2"]


def all_cases(found):
    cases = [(p, mpi, n, row) for p in found for mpi in p.mpis
             for n in p.counts(mpi) for row in ROWS
             if applies(row, p, mpi, n)]
    assert all(c[2] <= c[0].mpich for c in cases if c[1] == "mpich"), \
        "MPICH's ranks spin: no more than there are processors"
    return cases


def rows_of(cases):
    return {(c[0].name, c[3]) for c in cases}


def run(cases, seed, share, fails=()):
    """As many of the cases as there is time for are tried, and noted."""
    memory = Memory()
    memory.now = seed
    order = plan.sample(list(cases), random.Random(seed), memory)
    assert order[0][0].is_app or \
        sorted(map(name, order)) == sorted(map(name, cases))
    tried = order[:share]
    for c in tried:
        memory.note(c, name(c) in fails)
    memory.write()
    return tried


def two_runs(cases):
    """No row of a program is left by both; each program is tried in each
    under each MPI, with checkpoints."""
    share = len(rows_of(cases)) * 6 // 10
    first = run(cases, 1, share)
    second = run(cases, 2, share)
    assert rows_of(first) | rows_of(second) == rows_of(cases)
    for tried in first, second:
        assert {c[:2] for c in tried if c[3] not in ("native", "launched")} \
            == {c[:2] for c in cases}


def two_runs_of_apps(cases):
    """The same of families; a second run has other variants."""
    def rows(tried):
        return {(c[0].group,) + c[1:] for c in tried}
    some = [c for c in cases if c[3] not in ("native", "many")]
    share = len(rows(some)) * 6 // 10
    first, second = run(cases, 1, share), run(cases, 2, share)
    assert rows(first) | rows(second) == rows(some)
    one, two = ({c[0].name for c in tried} for tried in (first, second))
    several = {a.group for a in apps.find()}
    several = {g for g in several if sum(
        a.group == g for a in apps.find()) > 1}
    assert not {c[0].name for c in second if c[0].group in several} & one
    assert two & one


def failed_first(cases):
    bad = name(cases[17])
    run(cases, 3, len(cases), [bad])
    assert name(run(cases, 4, 5)[0]) == bad
    assert name(run(cases, 5, 5)[0]) != bad  # it has passed meanwhile


def damaged(cases):
    for text in DAMAGED:
        with open(os.environ["MANA_CHECK_MEMORY"], "w") as f:
            f.write(text)
        assert len(run(cases, 6, 10)) == 10
        assert len(Memory().tried) == 10, text
    for path in "", "/proc/nowhere/check.json":
        os.environ["MANA_CHECK_MEMORY"] = path
        run(cases, 7, 10)
        assert not Memory().tried


def sums():
    """A part's digests are kept for the end, its sum is found."""
    whole = Verdicts()
    found = whole.relay(["ok   one\n", "| two: it hangs\n", "|   here\n",
                         "| three\n", "1 passed, 2 failed, 0 skipped\n"])
    assert found == (1, 2, 0)
    assert whole.digests == [["two: it hangs", "here"], ["three"]]
    assert read("1 passed, 0 failed, 0 skipped\n2 passed, 0 failed, "
                "1 skipped\n") == (2, 0, 1)
    assert read("killed\n") is None


def main():
    with tempfile.TemporaryDirectory() as where:
        os.environ["MANA_CHECK_MEMORY"] = os.path.join(where, "a", "b.json")
        two_runs_of_apps(all_cases(apps.find()))
        cases = all_cases(programs.find())
        two_runs(cases)
        failed_first(cases)
        os.environ["MANA_CHECK_MEMORY"] = os.path.join(where, "c.json")
        damaged(cases)
        assert sorted(os.listdir(where)) == ["a", "c.json"]
    sums()
    print("%d rows of programs, %d cases" % (len(rows_of(cases)), len(cases)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
