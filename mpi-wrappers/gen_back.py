#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_back.py - the back's regular functions for one real MPI

usage: gen_back.py SYMBOLS OUTPUT

SYMBOLS: what the installed library has (gen_symbols.py).

Each parameter adds an argument of the native call and lines before and after
it (class Call); the class of the row says what is around the call.
"""
import sys
from table import ENUMS, HANDLES, INTS, NUMBERS, OPAQUE, symbols, table

KINDS = {'comm': 'DESC_COMM', 'win': 'DESC_WIN', 'file': 'DESC_FILE'}
# Handles passed by address that the call frees.
FREES = ('Win_free', 'File_close', 'Session_finalize', 'T_cvar_handle_free',
         'T_pvar_handle_free', 'T_pvar_session_free')
# Handles of the tools interface that have descriptors.
TOOLS = {'MPI_T_cvar_handle': 'DESC_T_CVAR',
         'MPI_T_pvar_handle': 'DESC_T_PVAR',
         'MPI_T_pvar_session': 'DESC_T_SESSION',
         'MPI_T_event_registration': 'DESC_T_EVENT',
         'MPI_T_enum': 'DESC_T_ENUM'}
LENGTHS = {'@peers': 'peers_all(c)', '@in': 'peers_in(c)',
           '@out': 'peers_out(c)'}


def real_by_value(p, comm):
    kind = HANDLES[p.base]
    if p.name == comm:
        return 'native_comm(c)'
    name = {'datatype': 'type'}.get(kind, kind)
    if kind == 'errhandler':
        return 'MPI_ERRORS_RETURN'
    return 'real_%s(%s)' % (name, p.name)


class Call:
    """Arguments, and the lines around one native call."""

    def __init__(self, row):
        self.row = row
        self.args, self.decls, self.before, self.after = [], [], [], []
        self.done = []  # only when it succeeded
        self.types = None
        self.c = next((p.name for p in row.params
                       if p.base == 'MPI_Comm' and not p.stars), None)
        for p in row.params:
            self.param(p)

    def what(self):
        return '"%s"' % self.row.name

    def param(self, p):
        if p.base in HANDLES:
            self.handle(p)
        elif p.base == 'MPI_Status':
            self.status(p)
        elif p.base in OPAQUE:
            self.tool(p)
        elif p.base in INTS or p.base in ENUMS:
            self.int(p)
        elif p.base in NUMBERS and (p.stars or p.array):
            self.args.append('(%s%s *)%s' % ('const ' if p.const else '',
                                             p.base, p.name))
        elif p.name in ('sendbuf', 'recvbuf'):
            self.args.append('real_buf(%s)' % p.name)
        elif p.fn or p.name == 'array_of_partitions':  # const or not
            self.args.append('(void *)%s' % p.name)
        else:
            self.args.append(p.name)

    def handle(self, p):
        kind, n = HANDLES[p.base], 'n_' + p.name
        if p.length and p.const:
            self.array(p, kind, n)
        elif p.length:  # filled in, in place: T_event_get_info
            self.args.append('NULL')
            self.before.append('(void)%s;' % p.name)
        elif not p.stars and kind == 'info':
            self.decls.append('MPI_Info %s = native_info(%s);' % (n, p.name))
            self.args.append(n)
            self.after.append('native_info_free(&%s);' % n)
        elif not p.stars:
            self.args.append(real_by_value(p, self.c))
            if kind == 'errhandler':
                self.before.append('(void)%s;' % p.name)
        elif self.row.slot in FREES:
            self.decls.append('%s %s = real_%s(*%s);' %
                              (p.base, n, kind, p.name))
            self.args.append('&' + n)
            self.done.append('regular_gone((void **)%s, SEAM_%s_NULL);' %
                             (p.name, kind.upper()))
        else:
            self.made(p, kind, n)

    def made(self, p, kind, n):
        null = 'MPI_%s_NULL' % kind.upper()
        self.decls.append('%s %s = %s;' % (p.base, n, null))
        self.args.append('&' + n)
        if kind == 'request':
            maker = 'coll' if self.row.cls == 'icoll' and \
                not self.row.slot.endswith(('_init', '_init_c')) else 'native'
            line = 'rc = request_new_%s(%s, %s, %s);' % (
                maker, n, self.what(), p.name)
        elif kind == 'comm':
            line = 'rc = comm_from_native(%s, %s, %s);' % (
                n, self.what(), p.name)
        elif kind == 'group':
            line = 'rc = group_from_native(%s, %s);' % (n, p.name)
        elif kind == 'datatype':
            self.done.append('if (%s)\n\t\t*%s = seam_type(%s);' %
                             (p.name, p.name, n))
            return
        elif kind == 'info':
            line = 'rc = info_from_native(%s, %s);' % (n, p.name)
            self.done.append('if (%s != MPI_INFO_NULL)\n\t\t'
                             'MPI_Info_free(&%s);' % (n, n))
        else:
            line = ('rc = regular_made(DESC_%s, AS_REAL(%s), AS_REAL(%s),\n'
                    '\t\t\t  %s, (void **)%s);' %
                    (kind.upper(), n, null, self.what(), p.name))
        self.done.insert(0, line)
        names = [q.name for q in self.row.params]
        if kind == 'request' and 'op' in names and 'datatype' in names:
            self.done.insert(1, 'request_hold_type(*%s, datatype);' % p.name)

    def array(self, p, kind, n):
        length = LENGTHS.get(p.length, p.length)
        if kind == 'info':
            self.decls.append('MPI_Info *%s = native_infos(%s, %s);' %
                              (n, p.name, length))
            self.after.append('native_infos_free(%s, %s);' % (n, length))
        elif self.types:  # the second array lies behind the first
            first, before = self.types
            self.decls.append('MPI_Datatype *%s = %s ? %s + %s : NULL;' %
                              (n, first, first, before))
        else:
            both = [q for q in self.row.params if q.length and q.const]
            self.types = n, length
            self.decls.append('MPI_Datatype *%s = real_types(%s);' % (
                n, ', '.join('%s, %s' % (q.name, LENGTHS[q.length])
                             for q in both)))
            if any(q.base == 'MPI_Request' for q in self.row.params):
                self.after.append('if (rc != MPI_SUCCESS)\n'
                                  '\t\tkeep_free(%s);' % n)
                self.done.append('regular_hold(*request, %s);' % n)
            else:
                self.after.append('keep_free(%s);' % n)
        self.args.append(n)

    def status(self, p):
        self.decls.append('MPI_Status n_%s;' % p.name)
        self.args.append('%s ? &n_%s : MPI_STATUS_IGNORE' % (p.name, p.name))
        self.done.append('if (%s)\n\t\tstatus_from_native(%s, &n_%s);' %
                         (p.name, p.name, p.name))

    def tool(self, p):
        raw = p.base == 'MPI_T_event_instance'
        n = 'n_' + p.name
        cast = '(%s)' % p.base
        real = cast + ('%s' if raw else '(uintptr_t)tool_real(%%s, %s)' %
                       TOOLS[p.base])
        if not p.stars:
            if p.base == 'MPI_T_pvar_handle':
                real = '(%s == SEAM_T_PVAR_ALL_HANDLES ?\n\t\t' \
                    'MPI_T_PVAR_ALL_HANDLES : %s)' % (p.name, real)
            self.args.append(real % p.name)
        elif self.row.slot in FREES:
            self.decls.append('%s %s = %s;' % (p.base, n,
                                               real % ('*' + p.name)))
            self.args.append('&' + n)
            self.done.append('regular_gone(%s, NULL);' % p.name)
        elif raw:
            self.args.append('(%s *)%s' % (p.base, p.name))
        elif p.base == 'MPI_T_enum':
            self.decls.append('MPI_T_enum %s = MPI_T_ENUM_NULL;' % n)
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.done.append('if (%s)\n\t\t*%s = tool_enum(%s);' %
                             (p.name, p.name, n))
        else:
            self.decls.append('%s %s = 0;' % (p.base, n))
            self.args.append('&' + n)
            self.done.append('rc = regular_made(%s, AS_REAL(%s), 0, '
                             '%s,\n\t\t\t  %s);' % (
                                 TOOLS[p.base], n, self.what(), p.name))

    def int(self, p):
        if p.base in ENUMS:
            self.args.append('(%s%s)%s' % (p.base, ' *' if p.stars else '',
                                           p.name))
        elif not p.stars:
            self.args.append('real_%s(%s)' % (p.base, p.name))
        else:
            self.decls.append('int n_%s = 0;' % p.name)
            self.args.append('%s ? &n_%s : NULL' % (p.name, p.name))
            self.done.append('if (%s)\n\t\t*%s = seam_%s(n_%s);' %
                             (p.name, p.name, p.base, p.name))

    def owner(self):
        for p in self.row.params:
            kind = HANDLES.get(p.base)
            if kind in KINDS and not p.stars:
                return 'desc_of(%s, %s)' % (p.name, KINDS[kind])
            if kind in KINDS and self.row.slot in FREES:
                return 'desc_of(*%s, %s)' % (p.name, KINDS[kind])
        return 'NULL'


def native(row, have):
    """Open MPI 4 has MPI 4's persistent collectives as extensions."""
    names = row.name, row.name.replace('MPI_', 'MPIX_', 1)
    return next((n for n in names if n in have), None)


def function(row, have):
    proto = 'int back_%s(%s)\n{\n' % (row.slot, row.seam_params())
    name = native(row, have)
    if not name:
        unused = ''.join('\t(void)%s;\n' % p.name for p in row.params)
        return proto + unused + '\treturn regular_missing("%s");\n}\n' % (
            row.name)
    return proto + body(row, name) + '}\n'


def body(row, native):
    call = Call(row)
    coll = row.cls in ('coll', 'icoll') and call.c
    tool = row.slot.startswith('T_')
    need_c = call.c
    owner = call.owner()
    out = []
    if need_c:
        out.append('struct desc_comm *c = comm_of(%s);' % call.c)
        obj = '(struct desc *)c'
    elif owner != 'NULL':
        out.append('struct desc *obj = %s;' % owner)
        obj = 'obj'
    else:
        obj = 'NULL'
    head, rest = ([], call.decls) if coll else (call.decls, [])
    text = ''.join('\t%s\n' % x for x in out + head + ['int rc;']) + '\n'
    if coll:
        text += '\tif (c && (rc = coll_enter(c)))\n\t\treturn rc;\n'
        # Declarations that convert come after the last AGAIN.
        text += ''.join('\t%s\n' % x for x in rest)
    text += ''.join('\t%s\n' % x for x in call.before)
    text += '\trc = %s(%s);\n' % (native, ', '.join(call.args))
    text += ''.join('\t%s\n' % x for x in call.after)
    leave = '\tif (c)\n\t\tcoll_leave(c);\n' if coll else ''
    if tool:
        text += '\tif (rc != MPI_SUCCESS)\n\t\treturn seam_errcode(rc);\n'
    elif call.done or leave:
        text += '\trc = regular_end(rc, %s, %s);\n' % (obj, call.what())
        if not call.done:
            return text + leave + '\treturn rc;\n'
        if leave:
            text += '\tif (rc)\n\t\tgoto out;\n'
        else:
            text += '\tif (rc)\n\t\treturn rc;\n'
    else:
        return text + '\treturn regular_end(rc, %s, %s);\n' % (
            obj, call.what())
    text += ''.join('\t%s\n' % x for x in call.done)
    if leave:
        text += 'out:\n'
    return text + leave + '\treturn rc;\n'


def main(libs, where):
    have = symbols(libs)
    head = ('/* Generated from mpi.tbl: the regular functions of the back */\n'
            '#include "mpi-wrappers/back/regular.h"\n'
            '#if __has_include(<mpi-ext.h>)\n#include <mpi-ext.h>\n#endif\n'
            '#include "build/gen/back.h"\n\n')
    rows = [r for r in table() if r.cls in ('call', 'coll', 'icoll', 'pass')]
    with open(where, 'w') as f:
        f.write(head + '\n'.join(function(r, have) for r in rows))


if __name__ == '__main__':
    main(*sys.argv[1:])
