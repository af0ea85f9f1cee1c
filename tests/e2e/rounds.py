# SPDX-License-Identifier: MIT
"""rounds - a round of checkpoints that is held in a stage, by tracee.py."""
import os

from box import check, until
from tracee import STAGES, Tracee, agent, sends

__all__ = ["Held", "in_stage", "last_rank", "nothing_half_made"]


class Held:
    """A checkpoint that somebody waits for, held by one thread at what it
    wanted() to do. Goes on at the end."""

    def __init__(self, box, pid, tid, wanted):
        self.box, self.tracee = box, Tracee(pid, tid)
        try:
            self.tracee.hold()
            self.asked = box.start([box.tool("mana_command"), "--checkpoint",
                                    "--wait"])
            self.tracee.run_to(wanted)
        except BaseException:
            self.tracee.let_go()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.tracee.let_go()


def last_rank(box):
    return box.ranks()[-1]


def in_stage(box, stage):
    """A round whose last rank does not come out of this stage."""
    pid = last_rank(box)
    tid = until(lambda: agent(pid), "no thread waits for the coordinator")
    held = Held(box, pid, tid, sends(STAGES[stage]))
    number = len(box.ranks()) - 1

    def there():
        now = box.status().get("checkpoint") or {}
        return now.get("stage") == stage and number in now["waiting_for"]
    try:
        until(there, "the round is not in stage " + stage)
    except BaseException:
        held.tracee.let_go()
        raise
    return held


def nothing_half_made(box):
    left = sorted(int(n) for n in os.listdir(box.ckpt) if n.isdigit())
    check(left == box.generations(), "left: %s, complete: %s" % (
        left, box.generations()))
