# SPDX-License-Identifier: MIT
"""processes - find, end and look into everything a case has started.

The runner is the subreaper of all it starts, so its descendants are exactly
the running case's processes, daemons included; nothing is found by name.
"""
import ctypes
import os
import re
import shutil
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def stat(pid):
    """(parent, state) of a process, or None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return int(fields[1]), fields[0]


def descendants():
    """Pids below this process, parents first, zombies left out."""
    children = {}
    for entry in os.listdir("/proc"):
        info = stat(int(entry)) if entry.isdigit() else None
        if info:
            children.setdefault(info[0], []).append((int(entry), info[1]))
    found, todo = [], [os.getpid()]
    while todo:
        for pid, state in children.get(todo.pop(0), []):
            todo.append(pid)
            if state != "Z":
                found.append(pid)
    return found


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def reap(keep):
    """Collect orphans that have ended; @keep are subprocess's own."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) in keep:
            continue
        info = stat(int(entry))
        if info and info[0] == os.getpid() and info[1] == "Z":
            try:
                os.waitpid(int(entry), os.WNOHANG)
            except ChildProcessError:
                pass


def kill_all(keep=()):
    """SIGKILL everything at once: stopped first, so that nobody reacts."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pids = descendants()
        if not pids:
            break
        send(pids, signal.SIGSTOP)
        send(descendants(), signal.SIGKILL)
        time.sleep(0.05)
        reap(keep)
    reap(keep)
    return not descendants()


def backtraces(log):
    """What every thread of every process is doing, for a hung case."""
    if not shutil.which("gdb"):
        log.write("gdb is not installed: no backtraces\n")
        return
    for pid in descendants():
        try:
            exe = os.readlink("/proc/%d/exe" % pid)
        except OSError:
            continue
        log.write("--- pid %d %s\n" % (pid, exe))
        try:
            done = subprocess.run(
                ["gdb", "-p", str(pid), "-batch", "-nx", "-ex",
                 "set pagination off", "-ex", "thread apply all bt 25"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True, errors="replace",
                timeout=30)
            log.write(done.stdout)
        except subprocess.TimeoutExpired:
            log.write("gdb did not answer\n")


def frames(text):
    """Of backtraces: who, and where each thread is."""
    return [t[:150] for t in text.splitlines()
            if re.match(r"--- pid|Thread |#\d", t)]
