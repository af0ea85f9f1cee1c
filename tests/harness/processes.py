# SPDX-License-Identifier: MIT
"""processes - find and end everything that a case has started.

Who runs a case is the subreaper of all it starts, so its descendants are
exactly the case's processes, daemons included; nothing is found by name.
"""
import ctypes
import glob
import os
import re
import shutil
import signal
import time

PR_SET_CHILD_SUBREAPER = 36
# Linux 6.18 lets what sleeps mostly wait for up to 30 s beside a session whose
# many processes yield (client/start.c), also if it only has to die.
KILL_S = 60
# What launchers and MPI libraries make for one job, and remove at its end.
IN_TEMP = ("prte*", "ompi.*")
IN_SHM = re.compile(r" (/dev/shm/(?:vader_segment\.|sm_segment\.|"
                    r"mpich_shar_tmp|ucx_shm_posix_)\S*)$", re.M)


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


def name(pid):
    """Of its program, shortened to 15 letters; None when it is gone."""
    try:
        with open("/proc/%d/comm" % pid) as f:
            return f.read().strip()
    except OSError:
        return None


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


def shared(pids):
    """Files of shared memory that MPI libraries made for these processes. A
    program's own files there are not named like theirs, and stay."""
    found = set()
    for pid in pids:
        try:
            with open("/proc/%d/maps" % pid) as f:
                found.update(IN_SHM.findall(f.read()))
        except OSError:
            pass
    return found


def kill_all(keep=(), temp=None):
    """SIGKILL everything at once: stopped first, so that nobody reacts. What
    the killed would have removed of the launcher's and the MPI library's own
    is removed for them: elsewhere, or later, it is not there either. Nobody
    else does it, and Open MPI does not start where such a directory, of a
    mpirun of the same pid, is another user's."""
    end, left = time.monotonic() + KILL_S, set()
    while time.monotonic() < end:
        pids = descendants()
        if not pids:
            break
        send(pids, signal.SIGSTOP)
        pids = descendants()
        left |= shared(pids)
        send(pids, signal.SIGKILL)
        time.sleep(0.05)
        reap(keep)
    reap(keep)
    for path in left:
        try:
            os.unlink(path)
        except OSError:
            pass
    for name in IN_TEMP if temp else ():
        for path in glob.glob(os.path.join(temp, name)):
            shutil.rmtree(path, ignore_errors=True)
    return not descendants()
