#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""calls.py - a C program that calls every function of an MPI library wrongly

usage: calls.py mpich|openmpi OUTPUT

From mpi-wrappers/mpi.tbl. Each function is called with right arguments, and
then with one of them wrong at a time: pointers NULL, handles null, freed or
junk, numbers negative or too large. world.h has the objects and makes each
call in a process of its own. A parameter (class Arg) adds declarations, an
argument, its wrong values, and lines that report what the call wrote.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "mpi-wrappers"))

import values  # noqa: E402
from table import HANDLES, INTS, consts, symbols, table  # noqa: E402

# Not called: they end or start MPI, or wait for other processes.
LEFT_OUT = re.compile(
    r"(Init|Init_thread|Finalize|Abort|Pcontrol|Comm_spawn.*|Comm_accept|"
    r"Comm_connect|Comm_join|register_front|environ|raise_from|op_set_fn|"
    r"request_fortran|attr_.*|T_finalize|T_event_.*|X_Comm_(agree|shrink))$")
# Calls that wait for ever when nobody sends what they ask for.
WAITING = re.compile(r"(Recv|Probe|Mprobe|Ssend|I?[Ss]endrecv.*)(_c)?$")
# Functions without a prototype in the table.
REMOVED = {
    "MPI_Address": "void *location, MPI_Aint *address",
    "MPI_Type_extent": "MPI_Datatype datatype, MPI_Aint *extent",
    "MPI_Type_lb": "MPI_Datatype datatype, MPI_Aint *lb",
    "MPI_Type_ub": "MPI_Datatype datatype, MPI_Aint *lb",
}


class Arg:
    """One parameter of one function."""

    def __init__(self, p, slot):
        self.p, self.slot, self.name = p, slot, p.name
        self.decls, self.wrong = [], []
        self.late, self.report = [], []
        self.value = self.name
        base = p.base
        if base in HANDLES:
            self.handle(HANDLES[base])
        elif base == "MPI_Status":
            self.status()
        elif p.fn or base.endswith(("_fn_t", "_function")):
            self.pointer(values.CALLBACKS.get(base, "NULL"), "void *")
        elif base == "void":
            self.buffer()
        elif base == "char":
            self.string()
        elif base.startswith("MPI_T_"):
            self.tool()
        elif p.stars or p.array:
            self.numbers()
        else:
            self.number()

    def bad(self, label, line):
        self.wrong.append(("%s=%s" % (self.name, label), line))

    def pointer(self, value, kind):
        """A pointer variable p_NAME that may be NULL."""
        self.decls.append("%sp_%s = %s;" % (kind, self.name, value))
        self.value = "p_" + self.name
        self.bad("NULL", "p_%s = NULL;" % self.name)

    def good(self, kind):
        return values.HANDLES.get((self.slot, self.name)) or \
            values.handle(self.slot, kind)

    def handle(self, kind):
        p, null = self.p, "MPI_%s_NULL" % kind.upper()
        n = self.name
        field = {"datatype": "vec", "errhandler": "handler",
                 "request": None, "message": None}.get(kind, kind)
        if p.length or p.array:
            size = 2
            fill = "{ %s, %s }" % ((self.good(kind),) * size) if \
                p.const or kind == "request" else "{ (%s)POISON_HANDLE }" % \
                p.base
            self.decls.append("%s %s[MANY] = %s;" % (p.base, n, fill))
            self.pointer(n, p.base + " *")
            self.bad("null", "%s[0] = %s;" % (n, null))
            self.bad("junk", "%s[0] = JUNK(%s);" % (n, p.base))
            if field:
                self.bad("freed", "%s[0] = freed.%s;" % (n, field))
            if not p.const:
                self.late.append("%s x_%s = %s[0];" % (p.base, n, n))
                self.report.append("OUT_HANDLE(%s[0], %s, x_%s);" % (
                    n, null, n))
            return
        inout = p.read
        first = self.good(kind) if not p.stars or inout else \
            "(%s)POISON_HANDLE" % p.base
        self.decls.append("%s %s = %s;" % (p.base, n, first))
        if not p.stars or inout:
            self.bad("null", "%s = %s;" % (n, null))
            self.bad("junk", "%s = JUNK(%s);" % (n, p.base))
            if field:
                self.bad("freed", "%s = freed.%s;" % (n, field))
        for other in values.OTHERS.get(kind, ()):
            if inout:
                self.bad(other, "%s = %s;" % (n, other))
        if p.stars:
            self.late.append("%s x_%s = %s;" % (p.base, n, n))
            self.pointer("&" + n, p.base + " *")
            self.report.append("OUT_HANDLE(%s, %s, x_%s);" % (n, null, n))

    def status(self):
        n = self.name
        self.decls.append("MPI_Status %s[2];" % n)
        if self.p.const or self.slot.startswith("Status_set"):
            self.decls.append("MPI_Status *y_%s = right_status(%s);" % (n, n))
        else:
            self.decls.append("MPI_Status *y_%s = no_status(%s);" % (n, n))
        self.pointer("y_" + n, "MPI_Status *")
        ignore = "STATUSES" if self.p.length else "STATUS"
        self.bad("ignore", "p_%s = MPI_%s_IGNORE;" % (n, ignore))
        if not self.p.const:
            self.report.append('out_status("%s", %s);' % (n, n))

    def buffer(self):
        p, n = self.p, self.name
        if n in ("baseptr", "buffer_addr") or (
                n == "attribute_val" and "_get" in self.slot):
            self.decls.append("void *%s = POISON_PTR;" % n)
            self.pointer("&" + n, "void *")
            self.report.append('if (%s != POISON_PTR)\n\t\tsay(" %s=set");' %
                               (n, n))
            return
        if n in ("extra_state", "obj_handle", "user_data"):
            self.value = "NULL"
            return
        given = values.BUFFERS.get((self.slot, n))
        self.decls.append("static int %s[WORDS];" % n)
        self.decls.append("const void *q_%s = %s(%s);" % (
            n, "right_buffer" if p.const else "no_buffer", n))
        self.pointer(given or n, "void *")
        self.decls.append("(void)q_%s;" % n)
        if n in ("sendbuf", "recvbuf"):
            self.bad("IN_PLACE", "p_%s = MPI_IN_PLACE;" % n)
        if n == "recvbuf" and "end" not in self.slot:
            self.bad("sendbuf", "p_recvbuf = p_sendbuf;")
        if not p.const and not given and not values.LATER.search(self.slot):
            self.report.append('out_ints("%s", %s);' % (n, n))

    def string(self):
        p, n = self.p, self.name
        if p.stars > 1 or p.array == "[]" and not p.const:
            self.value = "NULL"
        elif p.const:
            text = values.STRINGS.get((self.slot, n)) or \
                values.STRINGS.get(n, '"key"')
            self.pointer(text, "const char *")
            if self.slot in values.PARSED:
                return
            self.bad("empty", 'p_%s = "";' % n)
            self.bad("long", "p_%s = long_text();" % n)
        else:
            self.decls.append("static char %s[9000];" % n)
            self.pointer(n, "char *")
            self.report.append('out_text("%s", %s, %d);' % (
                n, n, values.varies(self.slot, n)))

    def tool(self):
        p, n = self.p, self.name
        if not p.stars:
            self.decls.append("%s %s = %s;" % (
                p.base, n, values.TOOLS.get((self.slot, n), "0")))
            if p.base in values.TOOL_NULLS:
                self.bad("null", "%s = %s;" % (n, values.TOOL_NULLS[p.base]))
        else:
            self.decls.append("%s %s = %s;" % (
                p.base, n, values.TOOLS.get((self.slot, n), "0")))
            self.pointer("&" + n, p.base + " *")

    def numbers(self):
        """An array of numbers, or a place for one."""
        p, n = self.p, self.name
        base = "int" if p.base in INTS else p.base
        given = values.ARRAYS.get((self.slot, n)) or values.ARRAYS.get(n)
        if p.array == "[][3]":
            self.decls.append("int %s[2][3] = %s;" % (n, given))
            self.decls.append("int (*p_%s)[3] = %s;" % (n, n))
            self.value = "p_" + n
            self.bad("NULL", "p_%s = NULL;" % n)
            for bad in ("{ 0, 5, 1 }", "{ 0, 0, 0 }", "{ -1, 0, 1 }"):
                self.bad(bad.replace(" ", ""), "{ const int r[] = %s; memcpy("
                         "%s[0], r, sizeof(r)); }" % (bad, n))
            return
        inout = (self.slot, n) in values.ARRAYS or n in values.INOUT or \
            p.const or (p.base == "keyval" and p.read)
        if p.base == "keyval" and inout:
            given = "{ good.%s }" % values.keyval(n)
        if not inout:
            given = "{ (%s)NOTHING, (%s)NOTHING }" % (base, base)
        self.decls.append("%s %s[MANY] = %s;" % (base, n, given or "{ 1 }"))
        self.pointer(n, base + " *")
        if inout:
            for bad in values.bad_elements(p.base, n):
                self.bad("{%s}" % bad, "%s[0] = %s;" % (n, bad))
        if p.base == "weight":
            for bad in ("MPI_UNWEIGHTED", "MPI_WEIGHTS_EMPTY"):
                self.bad(bad, "p_%s = %s;" % (n, bad))
        if not p.const:
            self.late.append("long x_%s = (long)%s[0];" % (n, n))
            self.report.append('out_number("%s", (long)%s[0], x_%s, %d);' % (
                n, n, n, values.varies(self.slot, n)))

    def number(self):
        p, n = self.p, self.name
        base = "int" if p.base in INTS else p.base
        first = values.NUMBERS.get((self.slot, n)) or \
            values.NUMBERS.get(n) or values.KINDS.get(p.base, "1")
        self.decls.append("%s %s = %s;" % (base, n, first))
        for bad in values.bad_numbers(p.base, n, self.slot):
            if WAITING.match(self.slot) and bad in values.NEVER_COME:
                continue
            self.bad(bad, "%s = %s;" % (n, bad))


def declared(name, params):
    text = ", ".join(params)
    return "#undef %s\nextern int %s(%s);\n" % (name, name, text)


def function(name, slot, params):
    args = [Arg(p, slot) for p in params]
    wrong = [w for a in args for w in a.wrong]
    names = {p.name for p in params}
    byaddress = {p.name: p.stars or p.array for p in params}
    for c, t in values.PAIRS:
        if c in names and t in names and not byaddress[c]:
            wrong.append(("%s=0,%s=null" % (c, t),
                          "%s = 0, %s = MPI_DATATYPE_NULL;" % (c, t)))
    if "sendtypes" in names:
        wrong.append(("recv=send", "p_recvbuf = p_sendbuf;\n\t\tp_recvcounts = "
                      "p_sendcounts;\n\t\tp_rdispls = p_sdispls;\n"
                      "\t\tp_recvtypes = p_sendtypes;"))
    text = "static const char *const v_%s[] = {\n\t%s,\n\tNULL\n};\n" % (
        name, ",\n\t".join('"%s"' % label for label, _ in
                            [("right", "")] + wrong))
    text += "static void f_%s(int variant)\n{\n" % name
    decls = [d for a in args for d in a.decls]
    decls.sort(key=lambda d: d.startswith("(void)"))
    text += "".join("\t%s\n" % d for d in decls) + "\tint rc;\n\n"
    text += "".join("\t%s\n" % b for b in values.before(slot))
    text += "\tswitch (variant) {\n"
    for i, (_, line) in enumerate(wrong):
        text += "\tcase %d:\n\t\t%s\n\t\tbreak;\n" % (i + 1, line)
    text += "\t}\n" + "".join("\t%s\n" % x for a in args for x in a.late)
    text += "\trc = %s(%s);\n\treturned(rc);\n" % (
        name, ", ".join(a.value for a in args))
    return text + "".join("\t%s\n" % r for a in args for r in a.report) + \
        "}\n\n"


def class_names():
    """The name of a class, and a call for each of them."""
    names = [name for kind, name, _ in consts() if
             kind in ("int", "errcode") and re.match(
                 r"MPI_(T_)?ERR_|MPI_SUCCESS", name)]
    out = "static const int classes[] = {\n"
    out += "".join("#ifdef %s\n\t%s,\n#endif\n" % (n, n) for n in names)
    out += "\t0\n};\nstatic const char *const classes_of[] = {\n"
    out += "".join('#ifdef %s\n\t"%s",\n#endif\n' % (n, n[4:]) for n in names)
    return out + """\tNULL\n};

static const char *class_name(int class)
{
	for (int i = 0; classes_of[i]; i++)
		if (class == classes[i])
			return classes_of[i];
	return class == good.class ? "user" : "unknown";
}

static void f_classes(int variant)
{
	texts(classes[variant]);
}

"""


def main(mpi, where):
    from table import Param
    rows = table()
    have = symbols(os.path.join(HERE, "..", "..", "build", "gen",
                                "symbols_" + mpi))
    by_slot = {r.slot: r for r in rows}
    made, head, body = [], "", ""
    for r in rows:
        target = by_slot[r.alias] if r.alias else r
        if mpi[0] not in r.abis or r.name not in have or \
                LEFT_OUT.match(target.slot) or \
                r.name in made:
            continue
        params = target.params
        if r.name in REMOVED:
            params = [Param(p.strip()) for p in REMOVED[r.name].split(",")]
        elif not target.typed or r.returns not in ("int", ""):
            continue
        if mpi == "openmpi" and r.typed is False and \
                not r.name.startswith("MPIX"):
            head += declared(r.name, [p.declare(p.native_type()) for p in
                                      params])
        body += function(r.name, target.slot, params)
        made.append(r.name)
    with open(where, "w") as f:
        f.write("/* Generated by calls.py */\n" +
                '#include "callbacks.h"\n\n' + class_names() + head + body)
        f.write("static const struct call calls[] = {\n" + "".join(
            '\t{ "%s", f_%s, v_%s },\n' % (n, n, n) for n in made) +
            '\t{ "classes", f_classes, classes_of },\n'
            "\t{ NULL, NULL, NULL }\n};\n\nint main(int argc, char **argv)\n"
            "{\n\ttry_start(argc, argv);\n\ttry_all(calls, argc > 3 ? argv[3] : NULL);\n"
            "\ttry_all(callbacks, argc > 3 ? argv[3] : NULL);\n"
            "\t_exit(0); /* the objects are left */\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
