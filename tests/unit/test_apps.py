#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_apps - what the runner takes for the output of a native run."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

from runner.apps import App  # noqa: E402

NATIVE = "one 0.1\ntwo 0.2\n\ntwo 0.3\nthree\nfour ms\n"
GOOD = [
    ["one 9.9\ntwo 8.8\ntwo 1.0\nthree\n"],
    ["", "one 1.0\ntwo 1.0\ntwo 1.0\nthree\n"],
    ["one 1.0\ntwo 1.0\ntwo 1.0\n", "two 1.0\nthree\n"],
    ["one 1.0\ntwo", " 1.0\ntwo 1.0\nthree\n"],
    ["one 1.0\ntwo 1.0\ntwo 1.0\nth", "wo 1.0\ntwo 1.0\nthree\n"],
    ["one 1.0\ntwo 1.0\ntwo 1.0\nthree\n", ""],
    ["one 1.0\ntw", "", "wo 1.0\ntw", "wo 1.0\nthree\nfour ms\n"],
]
BAD = [
    ["one 1.0\ntwo 1.0\nthree\n"],
    ["one 1.0\ntwo 1.0\ntwo 1.0\n"],
    ["one 1.0\n", "two 1.0\nthree\n"],
    ["one 1.0\ntwo 1.0\ntwo 1.0\nthree\n", "four\n"],
    ["one 1.0\nfive\n", "one 1.0\ntwo 1.0\ntwo 1.0\nthree\n"],
    ["one 1.0\ntw", "three\n"],
    ["one 1.0\ntwo 1.0\ntwo 1.0\n", ""],
]


def main():
    app = App("none", type("Recipe", (dict,), {"name": "app"})(
        mpi="mpich", ranks="2", mask=r"\d+\.\d+", ignore="ms$"))
    wrong = [outs for outs in GOOD if app.leaves(outs, NATIVE)]
    wrong += [outs for outs in BAD if not app.leaves(outs, NATIVE)]
    for outs in wrong:
        print("test_apps: judged wrong: %r: %s" % (
            outs, app.leaves(outs, NATIVE)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
