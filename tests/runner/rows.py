# SPDX-License-Identifier: MIT
"""rows - the ways a program is run; each takes a Case and may raise Fail.

Random times come from the case's own generator, seeded by --seed and the
case's name, so that one case alone repeats what it did among many.
"""
from harness.job import NAMES

from .case import TooShort

# The MPI whose turn is next: every one, then the first again.
OTHER = dict(zip(NAMES, list(NAMES)[1:] + list(NAMES)[:1]))


def native(c):
    c.finish(c.native())


def launched(c):
    c.finish(c.launch())


def wait_some(c, r, most):
    """Let a random part of @most seconds pass; False: the program ended."""
    return r.sleep(c.random.uniform(0.02, max(0.05, most)))


def checkpoints(c, r, count, most):
    """Up to @count checkpoints at random times; how many were committed."""
    done = 0
    if not c.ready(r):
        return 0
    for _ in range(count):
        if not wait_some(c, r, most):
            break
        result = c.checkpoint(r)
        if result == "refused":
            return -1
        if result == "ended":
            break
        done += 1
    return done


def need(c, done, count):
    """An app does all it is to do, a program something."""
    if done < (count if c.program.is_app else 1):
        raise TooShort("the program ended after %d of %d checkpoints" % (
            done, count))


def checkpoint(c):
    """Three checkpoints at random times; the program goes on."""
    most = c.most / 4
    r = c.launch()
    done = checkpoints(c, r, 3, most)
    c.finish(r)
    if done >= 0:
        need(c, done, 3)


def many(c):
    """Checkpoint after checkpoint until the program ends (at most 30)."""
    r = c.launch()
    done = checkpoints(c, r, 30, 0.3)
    c.finish(r)
    if done >= 0:
        need(c, done, 1)


def killed_rounds(c, rounds, turn=False):
    """Launch, then @rounds times checkpoint, SIGKILL, restart; with @turn under
    the other MPI each time."""
    most = c.most / (rounds + 2)
    r, killed = c.launch(), 0
    while killed < rounds:
        done = checkpoints(c, r, 1, most)
        if done < 0:
            c.finish(r)
            return
        if done == 0:
            break
        wait_some(c, r, min(most, 0.6))
        if r.ended() and r.process.returncode:
            r.wait(0)
        c.kill()
        killed += 1
        if turn:
            c.mpi = OTHER[c.mpi]
        r = c.restart()
    c.finish(r)
    need(c, killed, rounds)


def restart(c):
    killed_rounds(c, 1)


def chain(c):
    killed_rounds(c, 5 if c.program.is_app else c.options.chain)


def cross(c):
    """There under each other MPI, and back."""
    killed_rounds(c, len(OTHER), turn=True)


def interval(c):
    """Checkpoints by the coordinator's own clock, every second."""
    c.finish(c.launch("-i", "1"))
    quick = c.program.is_app and float(c.native_text("seconds")) < 3
    if not (quick or c.program.may_refuse or c.generations()):
        raise TooShort("the program ended before a checkpoint was due")


ROWS = {
    "native": native,
    "launched": launched,
    "checkpoint": checkpoint,
    "restart": restart,
    "chain": chain,
    "many": many,
    "cross": cross,
    "interval": interval,
}


def applies(row, program, mpi, ranks):
    """Is there such a case? A program of one MPI need not do under the other,
    and MPICH's ranks spin."""
    return row != "cross" or mpi in OTHER and ranks <= 2 and all(
        m in program.mpis and ranks in program.counts(m) for m in OTHER)
