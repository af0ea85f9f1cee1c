#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_back.py - the back's regular functions for one real MPI

usage: gen_back.py SYMBOLS OUTPUT

SYMBOLS: what the installed library has (gen_symbols.py).

Each parameter adds an argument of the native call and lines before and after
it (class Call); the class of the row says what is around the call:

  int back_Ibcast(void *buffer, int count, seam_datatype datatype, int root,
  		seam_comm comm, seam_request *request)
  {
  	struct desc_comm *c = comm_of(comm);
  	int rc;

  	if (c && (rc = coll_enter(&c->clock)))
  		return rc;
  	MPI_Request n_request = (MPI_Request)0;
  	rc = MPI_Ibcast(buffer, count, real_type(datatype), real_rank(root),
  			native_comm(c, comm), request ? &n_request : NULL);
  	if (regular_failed(rc)) {
  		rc = regular_end(rc, (struct desc *)c, "MPI_Ibcast");
  		if (n_request != (MPI_Request)0)
  			*request = SEAM_REQUEST_NULL;
  		goto out;
  	}
  	rc = request_new_coll(n_request, "MPI_Ibcast", request);
  out:
  	if (c)
  		coll_leave();
  	return rc;
  }

(as all examples in these files, broken into lines for the reader).
"""
import sys
from table import (ENUMS, HANDLES, INTS, KINDS, NUMBERS, OPAQUE, PEERS,
                   symbols, table)


def real(kind, name):
    return 'real_%s(%s)' % ({'datatype': 'type'}.get(kind, kind), name)


def none(kind, base):
    """What no native handle is: the call has not written to it."""
    return 'NO_FILE' if kind == 'file' else '(%s)0' % base


class Call:
    """Arguments, and the lines around one native call."""

    def __init__(self, row):
        self.row = row
        self.args, self.decls, self.before, self.after = [], [], [], []
        self.done, self.failed = [], []  # when it succeeded, when not
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
            (self.status_in if p.const else self.status)(p)
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
            self.decls.append('MPI_Info %s = %s(%s);' % (
                n, 'native_info_or_null' if p.says('unchecked') else
                'native_info', p.name))
            self.args.append(n)
            self.after.append('native_info_free(&%s);' % n)
        elif not p.stars:
            self.args.append(
                'native_comm(c, %s)' % p.name if p.name == self.c else
                'given_errhandler(%s, %s)' % (
                    p.name, KINDS[self.row.params[-1].base].desc)
                if kind == 'errhandler' else real(kind, p.name))
            if kind == 'errhandler':
                self.done.append('if (rc == 0)\n\t\thandler_given(*%s, %s);' % (
                    self.row.params[-1].name, p.name))
        elif p.freed:
            null = 'MPI_%s_NULL' % kind.upper()
            self.decls.append('%s %s = %s ? %s : %s;' % (
                p.base, n, p.name, real(kind, '*' + p.name), null))
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.done.append('regular_gone((void **)%s);' % p.name)
        else:
            self.made(p, kind, n)

    def made(self, p, kind, n):
        null = 'MPI_%s_NULL' % kind.upper()
        first = none(kind, p.base)
        self.decls.append('%s %s = %s;' % (p.base, n, first))
        self.args.append('%s ? &%s : NULL' % (p.name, n))
        self.failed.append('if (%s != %s)\n\t\t\t*%s = SEAM_%s_NULL;' % (
            n, first, p.name, kind.upper()))
        if kind == 'request':
            maker = 'coll' if self.row.cls == 'icoll' else \
                'persistent' if self.row.persistent else 'native'
            line = 'rc = request_new_%s(%s, %s, %s);' % (
                maker, n, self.what(), p.name)
        elif kind == 'comm':
            line = 'rc = comm_from_native(%s, %s, %s);' % (
                n, self.what(), p.name)
        elif kind == 'group':
            line = 'rc = group_from_native(%s, %s);' % (n, p.name)
        elif kind == 'datatype':
            self.done.append('if (%s != %s)\n\t\t*%s = seam_type(%s);' %
                             (n, first, p.name, n))
            return
        elif kind == 'info':
            line = 'rc = info_from_native(%s, %s);' % (n, p.name)
            self.done.append('if (%s != MPI_INFO_NULL)\n\t\t'
                             'MPI_Info_free(&%s);' % (n, n))
        else:
            line = ('rc = regular_made(DESC_%s, AS_REAL(%s),\n'
                    '\t\t\t  %s, (void **)%s);' %
                    (kind.upper(), n, self.what(), p.name))
        self.done.insert(0, line)
        names = [q.name for q in self.row.params]
        if kind == 'request' and 'op' in names and 'datatype' in names:
            self.done.insert(1, 'request_hold_type(*%s, datatype);' % p.name)

    def array(self, p, kind, n):
        length = PEERS.get(p.length, p.length)
        if kind == 'info':
            self.decls.append('MPI_Info *%s = native_infos(%s, %s);' %
                              (n, p.name, length))
            self.after.append('native_infos_free(%s, %s);' % (n, length))
        elif self.types:  # the second array lies behind the first
            first, before = self.types
            self.decls.append('MPI_Datatype *%s = real_second(n_types, '
                              '%s,\n\t\t%s, %s);' % (n, first, before, p.name))
        else:
            both = [q for q in self.row.params if q.length and q.const]
            self.types = p.name, length
            self.decls.append('MPI_Datatype *n_types = real_types(%s);' % (
                ', '.join('%s, %s' % (q.name, PEERS[q.length])
                          for q in both)))
            self.decls.append('MPI_Datatype *%s = %s ? n_types : NULL;' % (
                n, p.name))
            if any(q.base == 'MPI_Request' for q in self.row.params):
                self.after.append('if (rc != MPI_SUCCESS)\n'
                                  '\t\tkeep_free(n_types);')
                self.done.append('regular_hold(*request, n_types);')
            else:
                self.after.append('keep_free(n_types);')
        self.args.append(n)

    def status(self, p):
        """What the call does not write stays as it was."""
        self.decls.append('MPI_Status n_%s;' % p.name)
        self.before.append('if (%s)\n\t\tstatus_to_native(&n_%s, %s);' % (
            p.name, p.name, p.name))
        self.args.append('%s ? &n_%s : %s' % (
            p.name, p.name, 'NULL' if p.read else 'MPI_STATUS_IGNORE'))
        self.after.append('if (%s)\n\t\tstatus_back(%s, &n_%s);' %
                          (p.name, p.name, p.name))

    def status_in(self, p):
        self.decls.append('MPI_Status n_%s;' % p.name)
        self.before.append('if (%s)\n\t\tstatus_to_native(&n_%s, %s);' % (
            p.name, p.name, p.name))
        self.args.append('%s ? &n_%s : NULL' % (p.name, p.name))

    def tool(self, p):
        kind = KINDS[p.base].desc
        raw = not kind
        n = 'n_' + p.name
        cast = '(%s)' % p.base
        as_real = cast + ('%s' if raw else '(uintptr_t)tool_real(%%s, %s)' %
                          kind)
        if not p.stars:
            if p.base == 'MPI_T_pvar_handle':
                as_real = '(%s == SEAM_T_PVAR_ALL_HANDLES ?\n\t\t' \
                    'MPI_T_PVAR_ALL_HANDLES : %s)' % (p.name, as_real)
            self.args.append(as_real % p.name)
        elif p.freed:
            self.decls.append('%s %s = 0;' % (p.base, n))
            self.before.append('if (%s)\n\t\t%s = %s;' % (
                p.name, n, as_real % ('*' + p.name)))
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.done.append('regular_gone(%s);' % p.name)
        elif raw:
            self.args.append('(%s *)%s' % (p.base, p.name))
        elif p.base == 'MPI_T_enum':
            self.decls.append('MPI_T_enum %s = MPI_T_ENUM_NULL;' % n)
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.done.append('if (%s)\n\t\t*%s = tool_enum(%s);' %
                             (p.name, p.name, n))
        else:
            self.decls.append('%s %s = 0;' % (p.base, n))
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.done.append('rc = regular_made(%s, AS_REAL(%s), '
                             '%s,\n\t\t\t  %s);' % (
                                 kind, n, self.what(), p.name))

    def int(self, p):
        if p.base in ENUMS:
            self.args.append('(%s%s)%s' % (p.base, ' *' if p.stars else '',
                                           p.name))
        elif p.base == 'weight':
            self.args.append('real_weights(%s)' % p.name)
        elif not p.stars:
            self.args.append('real_%s(%s)' % (p.base, p.name))
        else:
            self.decls.append('int n_%s = NO_INT;' % p.name)
            self.args.append('%s ? &n_%s : NULL' % (p.name, p.name))
            self.done.append('if (n_%s != NO_INT)\n\t\t*%s = seam_%s(n_%s);' %
                             (p.name, p.name, p.base, p.name))

    def owner(self, freed=True):
        """Whose error handler errors call; freed: of what the call frees."""
        for p in self.row.params:
            kind = KINDS.get(p.base)
            if kind and kind.owner and not p.stars:
                return 'desc_of(%s, %s)' % (p.name, kind.desc)
            if kind and kind.owner and p.freed and freed:
                return '%s ? desc_of(*%s, %s) : NULL' % (
                    p.name, p.name, kind.desc)
        return 'NULL'


def via(row):
    """The call of a function that several rows share."""
    name, args = row.via[:-1].split('(')
    words = {'...': ', '.join(p.name for p in row.params),
             'fn': '"%s"' % row.name, 'large': '%d' % (row.small is not None)}
    return '%s(%s)' % (name, ', '.join(words.get(a, a)
                                       for a in args.split(',')))


def lacking(row):
    """The library has no such function: what back/ has by hand comes first.
    That may be none also where the library has it: Open MPI 5.0 has functions
    of MPI 4, and an mpi.h of MPI 3."""
    return '__attribute__((weak)) int back_%s(%s)\n{\n%s\treturn ' \
        'regular_missing("%s");\n}\n' % (
            row.slot, row.seam_params(), unused(row), row.name)


def unused(row):
    return ''.join('\t(void)%s;\n' % p.name for p in row.params)


def by_hand(row, have):
    """What there is to a function beside its row of a class by hand."""
    from gen_ask import asking
    from gen_comm import constructor
    own = ''
    if row.cls == 'comm':
        own = constructor(row, have)
    elif row.cls == 'via':
        own = 'int back_%s(%s)\n{\n\treturn %s;\n}\n' % (
            row.slot, row.seam_params(), via(row))
    elif not (row.via or row.cls == 'type' or row.name[:3] != 'MPI' or
              native(row, have) and row.since < '4.0'):
        own = lacking(row)
    return own + asking(row, have)


def native(row, have):
    """Open MPI 4 has MPI 4's persistent collectives as extensions."""
    names = row.name, row.name.replace('MPI_', 'MPIX_', 1)
    return next((n for n in names if n in have), None)


def function(row, have):
    proto = 'int back_%s(%s)\n{\n' % (row.slot, row.seam_params())
    name = native(row, have)
    if name:
        return proto + body(row, name) + '}\n'
    if row.cls == 'local':
        return proto + unused(row) + guess(row, 'SEAM_ERR_ARG') + '}\n'
    return proto + unused(row) + \
        '\treturn regular_missing("%s");\n}\n' % row.name


def guess(row, otherwise):
    """Nobody can be asked: the first bad handle is what is wrong."""
    out = ''.join(
        '\tif (!desc_of(%s, %s))\n\t\treturn back_raise(NULL, '
        'SEAM_ERR_%s, "%s");\n' % (
            p.name, KINDS[p.base].desc, KINDS[p.base].c_name.upper(), row.name)
        for p in row.params if p.base in HANDLES and not p.stars and
        not p.array)
    return out + '\treturn back_raise(NULL, %s, "%s");\n' % (otherwise,
                                                          row.name)


def body(row, native):
    call = Call(row)
    coll = row.clocked and call.c
    owner = call.owner()
    out = []
    if call.c:
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
        text += '\tif (c && (rc = coll_enter(&c->clock)))\n\t\treturn rc;\n'
        # Declarations that convert come after the last AGAIN.
        text += ''.join('\t%s\n' % x for x in rest)
    if row.files:
        call.before.append('told_forget();')
    text += ''.join('\t%s\n' % x for x in call.before)
    text += '\trc = %s(%s);\n' % (native, ', '.join(call.args))
    text += ''.join('\t%s\n' % x for x in call.after)
    return text + ending(call, obj, '\tif (c)\n\t\tcoll_leave();\n' if coll
                         else '')


def ending(call, obj, leave):
    """After the native call: its error, or what it made."""
    done = ''.join('\t%s\n' % x for x in call.done)
    if call.row.slot.startswith('T_'):
        return '\tif (rc != MPI_SUCCESS)\n\t\treturn seam_errcode(rc);\n' + \
            done + '\treturn rc;\n'
    end = 'regular_%s(rc, %s, %s)' % (
        'file_end' if call.row.files else 'end', obj,
        call.what())
    if not (done or leave):
        return '\treturn %s;\n' % end
    if not done:
        return '\trc = %s;\n' % end + leave + '\treturn rc;\n'
    # A handler may make success of it: it is none.
    text = '\tif (regular_failed(rc)) {\n\t\trc = %s;\n' % end
    text += ''.join('\t\t%s\n' % x for x in call.failed)
    text += '\t\tgoto out;\n\t}\n' if leave else '\t\treturn rc;\n\t}\n'
    if 'file_end' in end:
        text += '\trc = %s;\n' % end
    return text + done + ('out:\n' + leave if leave else '') + '\treturn rc;\n'


def main(libs, where):
    have = symbols(libs)
    head = ('/* Generated from mpi.tbl: the regular functions of the back */\n'
            '#include "mpi-wrappers/back/core/regular.h"\n'
            '#include "mpi-wrappers/back/comm/comm.h"\n'
            '#include "mpi-wrappers/back/core/rows.h"\n'
            '#include "mpi-wrappers/back/type/type.h"\n'
            '#if __has_include(<mpi-ext.h>)\n#include <mpi-ext.h>\n#endif\n'
            '#include "build/gen/ask.h"\n\n')
    from gen_kept import constructors
    with open(where, 'w') as f:
        f.write(head + '\n'.join(
            function(r, have) if r.generated else by_hand(r, have)
            for r in table() if r.in_gate) + '\n' +
            constructors(table(), have))


if __name__ == '__main__':
    main(*sys.argv[1:])
