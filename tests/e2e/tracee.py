# SPDX-License-Identifier: MIT
"""tracee - one thread of another process, held at a system call by ptrace(2).

A round of checkpoints is held in a stage by the message that ends it: the
thread that is about to send it stands still, so the stage lasts for as long as
the test likes, on any machine. Nothing of the product knows of it.
"""
import ctypes
import errno
import os
import signal
import struct
import time

from harness.job import Fail, Hang, Skip

CONT, DETACH, SYSCALL = 7, 17, 24
SEIZE, INTERRUPT, SYSCALL_INFO = 0x4206, 0x4207, 0x420e
SYSGOOD = 1
WALL = 0x40000000
TRAP_OF_CALL = signal.SIGTRAP | 0x80
SENDTO, FSYNC, RENAMEAT, POLL = 44, 74, 264, 7
MAGIC = 0x574e414d  # of common/wire.h, and the types of its messages:
TYPES = {"CLOCK": 5, "STATE": 7, "STOPPED": 9, "DRAINED": 11, "WRITTEN": 14,
         "RESUME": 15, "BARRIER_DONE": 19, "REPLY": 24}
# The message of a rank by which each stage of a round ends.
STAGES = {"clock": "CLOCK", "targets": "STATE", "stop": "STOPPED",
          "drain": "DRAINED", "write": "WRITTEN"}
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 2 + [ctypes.c_void_p] * 2
libc.ptrace.restype = ctypes.c_long


def ptrace(what, tid, addr=None, data=None):
    """None, or the errno."""
    if libc.ptrace(what, tid, addr, data) < 0:
        return ctypes.get_errno()
    return None


def agent(pid):
    """The thread of a rank that waits for its coordinator: the only one that
    polls one descriptor without a limit."""
    for tid in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/syscall" % (pid, tid)) as f:
                call = f.read().split()
        except OSError:
            continue
        if call[0] == str(POLL) and int(call[2], 16) == 1 and \
                int(call[3], 16) & 0xffffffff == 0xffffffff:
            return int(tid)
    return None


class Tracee:
    """Runs as ever but for run_to(); goes on as ever after let_go()."""

    def __init__(self, pid, tid=None, limit=60):
        self.pid, self.tid, self.limit = pid, tid or pid, limit
        self.stopped = False
        error = ptrace(SEIZE, self.tid, None, SYSGOOD)
        if error:
            raise Skip("cannot trace a process here: " + os.strerror(error))

    def wait(self):
        """The status of its next stop."""
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            pid, status = os.waitpid(self.tid, WALL | os.WNOHANG)
            if pid and not os.WIFSTOPPED(status):
                raise Fail("what was traced has ended: %#x" % status)
            if pid:
                self.stopped = True
                return status
            time.sleep(0.0002)
        raise Hang("it did not make the call in %d s" % self.limit)

    def step(self, status):
        """On to the next beginning or end of a system call; a signal that it
        stopped for is delivered."""
        number = os.WSTOPSIG(status)
        if status >> 16 or number in (TRAP_OF_CALL, signal.SIGTRAP):
            number = 0
        self.stopped = False
        ptrace(SYSCALL, self.tid, None, number)
        return self.wait()

    def call(self):
        """(number, arguments) of the system call that it begins, or None."""
        info = ctypes.create_string_buffer(88)
        ptrace(SYSCALL_INFO, self.tid, len(info),
               ctypes.cast(info, ctypes.c_void_p).value)
        if info.raw[0] != 1:
            return None
        words = struct.unpack_from("<7Q", info.raw, 24)
        return words[0], words[1:]

    def read(self, at, size):
        with open("/proc/%d/mem" % self.pid, "rb") as f:
            f.seek(at)
            return f.read(size)

    def hold(self):
        """Wherever it is."""
        ptrace(INTERRUPT, self.tid)
        self.wait()

    def run_to(self, wanted):
        """Hold what is held where it begins a system call that is wanted(self,
        number, arguments). It was held before there was a reason to make that
        call, so it has not made it yet."""
        status = TRAP_OF_CALL << 8 | 0x7f
        while True:
            status = self.step(status)
            call = os.WSTOPSIG(status) == TRAP_OF_CALL and self.call()
            if call and wanted(self, *call):
                return

    def let_go(self):
        """It may have been killed meanwhile; then it is collected, which the
        end of its process waits for."""
        if not self.stopped:
            ptrace(INTERRUPT, self.tid)
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            if ptrace(DETACH, self.tid) != errno.ESRCH:
                return
            try:
                os.waitpid(self.tid, WALL | os.WNOHANG)
            except ChildProcessError:
                return
            time.sleep(0.001)
        raise Hang("it cannot be let go")


def sends(name):
    """For run_to: a message of this name."""
    def wanted(t, number, args):
        if number != SENDTO:
            return False
        magic, _, kind = struct.unpack("<IHH", t.read(args[1], 8))
        return magic == MAGIC and kind == TYPES[name]
    return wanted


def lets_on(barrier, nth):
    """For run_to: the nth rank is told that all have come to this barrier of a
    restart."""
    left = [nth]

    def wanted(t, number, args):
        if not sends("BARRIER_DONE")(t, number, args):
            return False
        left[0] -= barrier.encode() in t.read(args[1] + 16, 24)
        return left[0] == 0
    return wanted


def syncs(_, number, __):
    """For run_to: what it has written is to be on disk."""
    return number == FSYNC


def renames_to(name):
    """For run_to: a file gets this name."""
    def wanted(t, number, args):
        if number != RENAMEAT:
            return False
        return t.read(args[3], len(name) + 1) == name.encode() + b"\0"
    return wanted
