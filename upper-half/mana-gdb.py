# SPDX-License-Identifier: MIT
"""mana-gdb.py - shows gdb the program that runs under mana_launch

gdb sees the lower half by itself, since that is the process's executable. The
upper half has a dynamic linker and a list of libraries of its own; the command
mana-symbols walks it. Backtraces lead through our trampolines. Works on a live process and on a core, launched or
restarted; the lower half's own symbols must be known (make CFLAGS=-g).
"""
import os
import struct

import gdb
from gdb.unwinder import Unwinder, register_unwinder

ARENA = range(0x100100000000, 0x200000000000)
KEEP_ROOT = "((struct keep_root *)0x100200000000)"  # common/keep.h
KEPT = ("rbx", "rbp", "rdi", "rsi", "rdx", "r8", "r9", "r10", "r12", "r13",
        "r14", "r15")
AT_PHDR, AT_PHNUM = 3, 5
PT_DYNAMIC, PT_PHDR = 2, 6
DT_DEBUG = 21


def memory(address, size):
    return gdb.selected_inferior().read_memory(address, size).tobytes()


def words(address, n):
    return struct.unpack("<%dQ" % n, memory(address, 8 * n))


def string(address):
    return gdb.Value(address).cast(
        gdb.lookup_type("char").pointer()).string() if address else ""


def auxv(at):
    """The upper half's, on its first stack."""
    found = {}
    while True:
        key, value = words(at, 2)
        if key == 0:
            return found
        found[key] = value
        at += 16


def libraries(vector):
    """(name, load offset) of each, the program first; its name is empty."""
    offset, dynamic = 0, None
    for i in range(vector[AT_PHNUM]):
        kind, _, _, address = struct.unpack(
            "<IIQQ", memory(vector[AT_PHDR] + 56 * i, 24))
        if kind == PT_PHDR:
            offset = vector[AT_PHDR] - address
        elif kind == PT_DYNAMIC:
            dynamic = address
    if dynamic is None:
        return
    at, debug = dynamic + offset, 0
    while words(at, 1)[0]:
        if words(at, 1)[0] == DT_DEBUG:
            debug = words(at, 2)[1]
        at += 16
    entry = words(debug, 2)[1] if debug else 0
    while entry:
        address, name, _, following = words(entry, 4)
        yield string(name), address
        entry = following


def stand_ins(app):
    """What is opened in the place of an MPI library: common/mpis.h."""
    table = gdb.parse_and_eval("'upper-half/path.c'::mpi_sonames")
    low, high = table.type.range()
    return {table[i]["soname"].string():
            app["libdir"].string() + table[i]["front"].string()
            for i in range(low, high + 1)}


class Symbols(gdb.Command):
    """Load the symbols of the program that runs under mana_launch."""

    def __init__(self):
        super().__init__("mana-symbols", gdb.COMMAND_FILES)
        self.known = set()

    def invoke(self, _argument, _from_tty):
        try:
            app = gdb.parse_and_eval(
                "*(struct app *)%s->app" % KEEP_ROOT)
            fronts = stand_ins(app)
            found = list(libraries(auxv(int(app["stack"]["auxv"]))))
        except gdb.error as why:
            raise gdb.GdbError(
                "mana-symbols: %s: not a process of mana_launch or "
                "mana_restart, or its lower half has no symbols: give gdb "
                "a process or a core, and build with -g" % why) from None
        for entry in found:
            if entry not in self.known:
                self.known.add(entry)
                self.load(entry[0] or app["exe"].string(), entry[1], fronts)

    @staticmethod
    def load(name, offset, fronts):
        base = os.path.basename(name)
        for soname, front in fronts.items():
            if base == soname or base.startswith(soname + "."):
                name = front if os.path.exists(front) else name
        if os.path.exists(name):
            gdb.execute("add-symbol-file '%s' -o %#x" % (name, offset),
                        to_string=True)
        elif not base.startswith("linux-vdso"):
            print("mana-symbols: %s: no such file: without its symbols" % name)


class FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


def trampoline(code, slot, pc):
    """Where it leads back to and how far it has moved rsp, or None."""
    if code[5:12] != b"\x48\x8d\x64\x24\x80\x49\xbb":
        return None
    tail = 64 if pc - slot >= 64 else 0
    end = code.find(b"\x48\x8d\xa4\x24\x80\0\0\0", tail or 28)
    jump = code.find(b"\xe9", end + 8) if end > 0 else -1
    if jump < 0:
        return None
    (distance,) = struct.unpack_from("<i", code, jump + 1)
    moved = 128 if slot + 10 <= pc <= slot + end else 0
    return slot + jump + 5 + distance, moved


class Trampolines(Unwinder):
    """From a trampoline (upper-half/slot.h) to the system call it replaces."""

    def __init__(self):
        super().__init__("mana-trampolines")

    def __call__(self, frame):
        pc, sp = (int(frame.read_register(r)) & (1 << 64) - 1
                  for r in ("rip", "rsp"))
        if pc not in ARENA:
            return None
        slot = pc & ~127
        try:
            found = trampoline(memory(slot, 128), slot, pc)
        except gdb.MemoryError:
            return None
        if not found:
            return None
        back, moved = found
        rsp = gdb.Value(sp + moved).cast(frame.read_register("rsp").type)
        rip = gdb.Value(back).cast(frame.read_register("rip").type)
        unwound = frame.create_unwind_info(FrameId(rsp, gdb.Value(slot)))
        for name in KEPT:
            unwound.add_saved_register(name, frame.read_register(name))
        unwound.add_saved_register("rsp", rsp)
        unwound.add_saved_register("rip", rip)
        return unwound


Symbols()
register_unwinder(None, Trampolines(), replace=True)
