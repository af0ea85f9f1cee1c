# SPDX-License-Identifier: MIT
"""waits - what every thread of every process of a case is doing, in full for
its log, and in a line a process for who sees only what was printed."""
import os
import re
import shutil
import subprocess

from . import processes
from .job import TOP

GDB = os.path.join(TOP, "upper-half", "mana-gdb.py")
ENDS = 3  # frames of a thread in its line: innermost, and outermost
THREADS = 4  # of a process
FRAME = re.compile(r"#\d+ +(?:0x[0-9a-f]+ in )?([^ (]+)[^\n]*")
# A wait is known by what waits, not by how: these say nothing.
DULL = re.compile(r"\?\?|<signal|_*(GI_|libc_|syscall|futex_|start_thread|"
                  r"clone3?$|start$)")
# A thread of Open MPI's, which always waits there.
IDLE = "event_base_loop"


def backtrace(pid):
    """Of one process, by gdb, which sees both halves of a rank."""
    argv = ["gdb", "-p", str(pid), "-batch", "-nx",
            "-ex", "set pagination off", "-ex", "source " + GDB]
    if under_mana(pid):
        argv += ["-ex", "mana-symbols"]
    try:
        done = subprocess.run(
            argv + ["-ex", "thread apply all bt 25"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, errors="replace",
            timeout=40)
    except subprocess.TimeoutExpired:
        return "gdb did not answer\n"
    return done.stdout


def under_mana(pid):
    try:
        return "/lower-" in os.readlink("/proc/%d/exe" % pid)
    except OSError:
        return False


def name(pid):
    """Of the program: what a rank's own command line begins with."""
    try:
        with open("/proc/%d/cmdline" % pid) as f:
            words = f.read().split("\0")
        with open("/proc/%d/comm" % pid) as f:
            comm = f.read().strip()
    except OSError:
        return ""
    return comm if under_mana(pid) else os.path.basename(words[0]) or comm


def thread(text):
    """Its frames in a line, the innermost first: what waits, and for whom."""
    frames = [m for m in FRAME.findall(text) if not DULL.match(m)]
    if len(frames) > 2 * ENDS:
        frames[ENDS:-ENDS] = [".."]
    return " < ".join(frames) or "?"


def line(what, text):
    """A process and where its threads are; equal ones are said once."""
    found = {}
    for t in reversed(re.split(r"^Thread ", text, flags=re.M)[1:]):
        where = thread(t)
        if IDLE not in t:
            found[where] = found.get(where, 0) + 1
    places = ["%s%s" % (w, " (%d threads)" % n if n > 1 else "")
              for w, n in found.items()]
    if len(places) > THREADS:
        places[THREADS:] = ["..."]
    return "%s: %s" % (what, "; ".join(places) or
                       ("idle" if text else "not to be seen"))


def look(log):
    """Backtraces of all into @log; a line of each, ranks first."""
    if not shutil.which("gdb"):
        log.write("gdb is not installed: no backtraces\n")
        return []
    ranks, others = [], []
    for pid in processes.descendants():
        what = "%s, pid %d" % (name(pid), pid)
        rank = under_mana(pid)
        text = backtrace(pid)
        log.write("--- %s\n%s" % (what, text))
        log.flush()
        (ranks if rank else others).append(line(what, text))
    return ranks + others
