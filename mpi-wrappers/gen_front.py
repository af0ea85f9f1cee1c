#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_front.py - the functions of a front that follow from their parameters

usage: gen_front.py SYMBOLS OUTPUT LINKER_SCRIPT MISSING

A function is made if the installed library has it (gen_symbols.py).
Each parameter adds an argument of the call across, lines before and after it
(class Thunk). in_X() and out_X() are in front/ABI/abi.h, seam_X() and real_X()
in conv.h. Functions are made under their PMPI_ names; the linker script adds the
MPI_ names and those of removed functions. MISSING gets what the library has
and we have not: functions that say so, so that programs and the library's
companions load.
"""
import re
import sys
from table import ENUMS, HANDLES, INTS, NUMBERS, OPAQUE, symbols, table

# Rows whose pointer to a handle (or keyval) is read as well.
INOUT = re.compile(r'(.*_)?(free|free_keyval|disconnect|close|finalize)$|'
                   r'(Wait|Test|Start|Cancel|Type_commit|I?mrecv(_c)?|'
                   r'Mrecv(_c)?)$')
# char buffers whose size differs among the libraries.
STRINGS = {'Get_processor_name': 'PROCESSOR_NAME', 'Error_string':
           'ERROR_STRING', 'Comm_get_name': 'OBJECT_NAME', 'Type_get_name':
           'OBJECT_NAME', 'Win_get_name': 'OBJECT_NAME',
           'Get_library_version': 'LIBRARY_VERSION_STRING', 'Open_port':
           'PORT_NAME', 'Lookup_name': 'PORT_NAME', 'Info_get_nthkey':
           'INFO_KEY', 'File_get_view': 'DATAREP_STRING'}
# Duplications may fail in a callback of the application: then the new handle is
# the null handle, of which the back tells; other errors leave it alone.
DUPS = ('Comm_dup', 'Comm_dup_with_info', 'Comm_idup', 'Comm_idup_with_info',
        'Type_dup')
LENGTHS = {'@peers': 'peers_all(c)', '@in': 'peers_in(c)',
           '@out': 'peers_out(c)'}


class Thunk:
    def __init__(self, row):
        self.row = row
        self.args, self.decls, self.before = [], [], []
        self.after, self.done, self.last = [], [], []
        self.fail = '0'
        if any(p.length and p.length[0] == '@' for p in row.params):
            self.decls.append('const struct desc_comm *c = '
                              'desc_of(in_comm(comm), DESC_COMM);')
        for p in row.params:
            self.param(p)

    def param(self, p):
        if p.base in HANDLES and p.length:
            self.handles(p, HANDLES[p.base])
        elif p.base in HANDLES:
            self.handle(p, HANDLES[p.base])
        elif p.base == 'MPI_Status' and p.length:
            self.statuses(p)
        elif p.base == 'MPI_Status':
            self.status(p)
        elif p.base in INTS:
            self.int(p)
        elif p.base in NUMBERS and (p.stars or p.array):
            self.args.append('(%s%s *)%s' % ('const ' if p.const else '',
                                             NUMBERS[p.base], p.name))
        elif p.base in OPAQUE or p.base in ENUMS:
            self.tool(p)
        elif p.array == '[][3]':
            self.args.append('&%s[0][0]' % p.name)
        elif p.fn:
            self.args.append('(void *)%s' % p.name)
        elif p.name in ('sendbuf', 'recvbuf'):
            self.args.append('seam_buf(%s)' % p.name)
        elif p.base == 'char' and not p.const and \
                self.row.slot in STRINGS and p.stars == 1:
            self.string(p, STRINGS[self.row.slot])
        else:
            self.args.append(p.name)

    def handle(self, p, kind):
        s = 's_' + p.name
        if not p.stars:
            self.args.append('in_%s(%s)' % (kind, p.name))
            return
        first = 'SEAM_%s_NULL' % kind.upper()
        if INOUT.match(self.row.slot) and not (
                kind == 'request' and 'mrecv' in self.row.slot):
            first = 'in_%s(*%s)' % (kind, p.name)
        if self.row.slot in DUPS:
            first = '0'
        self.decls.append('seam_%s %s = %s;' % (kind, s, first))
        self.args.append('&' + s)
        put = '*%s = out_%s(%s);' % (p.name, kind, s)
        if kind in ('datatype', 'info') and '_get_info' in self.row.slot:
            put = 'if (%s)\n\t\t\t%s' % (p.name, put)
        if self.row.slot in DUPS:
            self.after.append('if (%s)\n\t\t%s' % (s, put))
            return
        (self.after if kind in ('request', 'message') else
         self.done).append(put)

    def handles(self, p, kind):
        s, n = 's_' + p.name, LENGTHS.get(p.length, p.length)
        given = p.name
        if p.name in ('sendtypes', 'recvtypes'):
            buf = p.name[:4] + 'buf'
            given = '%s == MPI_IN_PLACE ? NULL : %s' % (buf, p.name)
        self.decls.append('struct front_array %s;' % s)
        null = p.const and not p.name.endswith('requests')
        self.before.append('in_array(%s, %s, %s, %s)' % (s, kind, given, n))
        self.args.append('front_items(&%s)' % s)
        if not p.const:
            self.after.append('out_nulls(%s, %s, %s, %s);' % (
                s, kind, p.name, n))
        self.last.append('front_array_free(&%s);' % s)
        del null

    def statuses(self, p):
        s, n = 's_' + p.name, p.length
        self.decls.append('struct front_statuses %s;' % s)
        self.before.append('in_statuses(%s, %s, %s)' % (s, p.name, n))
        self.args.append('%s.items' % s)
        self.after.append('out_statuses(&%s, %s, %s, rc);' % (s, p.name, n))
        self.last.append('front_statuses_free(&%s);' % s)

    def status(self, p):
        s = 's_' + p.name
        self.decls.append('struct seam_status %s;' % s)
        if p.const or self.row.slot.startswith('Status_set'):
            self.before.append('in_status(&%s, %s)' % (s, p.name))
            self.args.append('&' + s)
            if not p.const:
                self.done.append('out_status(%s, &%s);' % (p.name, s))
            return
        self.before.append('unset_status(&%s)' % s)
        self.args.append('%s == MPI_STATUS_IGNORE ? NULL : &%s' % (p.name, s))
        self.after.append('put_status(%s, &%s);' % (p.name, s))

    def int(self, p):
        s = 's_' + p.name
        if p.base == 'weight':
            self.args.append('seam_weights(%s)' % p.name)
        elif not p.stars:
            self.args.append('seam_%s(%s)' % (p.base, p.name))
        else:
            first = 'seam_%s(*%s)' % (p.base, p.name) \
                if INOUT.match(self.row.slot) else '0'
            self.decls.append('int %s = %s;' % (s, first))
            self.args.append('&' + s)
            self.done.append('if (%s)\n\t\t\t*%s = real_%s(%s);' % (
                p.name, p.name, p.base, s))

    def tool(self, p):
        if p.base in ENUMS:
            self.args.append('(int%s)%s' % (' *' if p.stars else '', p.name))
        elif p.base == 'MPI_T_pvar_handle' and not p.stars:
            self.args.append('in_pvar(%s)' % p.name)
        else:
            self.args.append('(void *%s)%s' % ('*' * p.stars, p.name))

    def string(self, p, size):
        s = 's_' + p.name
        self.decls.append('char %s[SEAM_MAX_%s + 1];' % (s, size))
        self.args.append(s)
        length = 'resultlen' if any(
            q.name == 'resultlen' for q in self.row.params) else 'NULL'
        self.done.append('front_string(%s, %s, MPI_MAX_%s, %s);' %
                         (p.name, s, size, length))

    def text(self):
        call = '%s(%s)' % (self.row.slot, ', '.join(self.args))
        lines = self.decls + ['int rc;', ''] + \
            [b + ';' for b in self.before if not b.startswith('in_')]
        checks = [b for b in self.before if b.startswith('in_') and
                  not b.startswith('in_status(')]
        lines += [b + ';' for b in self.before if b.startswith('in_status(')]
        lines += [b + ';' for b in checks]
        if self.done:
            tail = ['if (rc == 0) {'] + ['\t' + x for x in self.done] + ['}']
        else:
            tail = []
        if not (self.decls or self.before or self.after or tail):
            return '\treturn front_code(CROSS(%s));\n' % call
        lines += ['rc = CROSS(%s);' % call] + self.after + tail + \
            self.last + ['return front_code(rc);']
        return ''.join('\t%s\n' % x if x else '\n' for x in lines)


def native_params(row):
    return ', '.join(p.declare(p.native_type())
                     for p in row.params) or 'void'


# Some releases of mpi.h have it without const: the type it has there.
PREADY_LIST = '''typedef __typeof__(_Generic(
	&PMPI_Pready_list, int (*)(int, const int *, MPI_Request): (const int *)0,
	default: (int *)0)) partition_list;

'''


def function(row):
    proto = '%s %s(%s)' % (row.returns, 'P' + row.name, native_params(row))
    if row.slot == 'Pready_list':
        proto = PREADY_LIST + proto.replace(
            'const int array_of_partitions[]',
            'partition_list array_of_partitions')
    return '%s\n{\n%s}\n' % (proto, Thunk(row).text())


def missing(have, known, names):
    """Weak: what front/ABI/ has by hand comes first."""
    lines = []
    for name, symbol in sorted(have.items()):
        if name in known or not (symbol.wanted or re.match(names, name)):
            continue
        if symbol.kind == 'function':
            lines.append('FUNCTION(%s)\n' % name)
        elif symbol.kind == 'zero' and symbol.size:
            lines.append('DATA(%s, %d)\n' % (name, symbol.size))
    return '#include "missing.h"\n\n' + ''.join(lines)


def main(libs, where, script, rest):
    rows, have = table(), symbols(libs)
    by_slot = {r.slot: r for r in rows}
    mine = [r for r in rows if r.name in have and r.cls != 'none']
    names, made, known = [], [], set()
    for r in mine:
        known |= {r.name, 'P' + r.name}
        if not r.name.isupper():  # Fortran's, in C (front/openmpi)
            names.append('%s = P%s;' % (r.name, r.name))
        target = by_slot[r.alias] if r.alias else r
        if r.alias and target in mine:
            names.append('P%s = P%s;' % (r.name, target.name))
        elif target.cls != 'front' and not target.by_hand:
            # An alias's target that this ABI lacks is made under this name.
            if r.alias:
                r.cls, r.params, r.slot = target.cls, target.params, r.alias
                r.returns = 'EXPORT int'
            made.append(r)
    head = '/* Generated from mpi.tbl: %s */\n'
    with open(where, 'w') as f:
        f.write(head % 'functions of the front' + '#include "front.h"\n\n' +
                '\n'.join(function(r) for r in made))
    with open(script, 'w') as f:
        f.write(head % 'other names of functions' + '\n'.join(names) + '\n')
    with open(rest, 'w') as f:
        f.write(head % "the library's, not ours" +
                missing(have, known, '[PQ]?MPI[IX]?_|MPIR_(?!d)|mpi_fortran_'))


if __name__ == '__main__':
    main(*sys.argv[1:])
