#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_fortran.py - Open MPI's Fortran functions, over its C functions

usage: gen_fortran.py SYMBOLS OUTPUT LINKER_SCRIPT MISSING

Each function of mpi.tbl that the installed libmpi_mpifh.so.40 has
(gen_symbols.py) becomes ompi_X_f, called as Fortran calls: everything by
reference, the error code last, then the lengths of strings. What does not
follow from the parameters is in front/mpifh/. The linker script adds the other
spellings of each name. MISSING: as of gen_front.py.
"""
import sys
from gen_front import LENGTHS, STRINGS, missing
from table import HANDLES, INOUT, NUMBERS, symbols, table

# Of libmpi.so.40 too, or C's alone.
NOT_FORTRAN = ('_c2f', '_f2c', '_fn', '_f90', '_null')
BY_HAND = ('''
    Address Alloc_mem Attr_get Attr_put Buffer_detach
    Comm_create_errhandler Comm_create_keyval Comm_get_attr Comm_set_attr
    Comm_spawn Comm_spawn_multiple Errhandler_create File_create_errhandler
    Free_mem Grequest_start Info_get Init Init_thread Keyval_create Op_create
    Pcontrol Register_datarep Testany Testsome Type_create_keyval Type_extent
    Type_get_attr Type_get_contents Type_hindexed Type_hvector Type_lb
    Type_set_attr Type_struct Type_ub Waitany Waitsome Win_allocate
    Win_allocate_shared Win_create_errhandler Win_create_keyval Win_get_attr
    Win_set_attr Win_shared_query Wtick Wtime''').split()
# Not functions of Open MPI's C library; by hand as well.
FORTRAN_ONLY = ('Aint_add', 'Aint_diff', 'F_sync_reg')
# How Fortran 2008 calls some of them.
SAME = {'alloc_mem_cptr': 'alloc_mem', 'win_allocate_cptr': 'win_allocate',
        'win_allocate_shared_cptr': 'win_allocate_shared',
        'win_shared_query_cptr': 'win_shared_query'}
# MPI_SIZEOF: bytes of one element of each type; a scalar, or of rank 1 to 15.
SIZES = {'character': 1, 'logical': 4, 'int8': 1, 'int16': 2, 'int32': 4,
         'int64': 8, 'real32': 4, 'real64': 8, 'real128': 16,
         'complex32': 8, 'complex64': 16, 'complex128': 32}
RANKS = ['scalar'] + ['r%d' % i for i in range(1, 16)]


def c_name(base):
    return {'MPI_Datatype': 'Type'}.get(base, base[4:])


class Call:
    """One function: Fortran's parameters, C's arguments, what is between."""

    def __init__(self, row, c):
        self.c = c
        self.params, self.lengths, self.args = [], [], []
        self.before, self.done, self.after = [], [], []
        for p in row.params:
            self.param(p, row.slot)

    def param(self, p, slot):
        if p.base in HANDLES:
            (self.handles if p.length else self.handle)(p, slot)
        elif p.base == 'MPI_Status':
            self.add('MPI_Fint *', p.name, 'mpifh_status%s(%s)' % (
                'es' if p.length else '', p.name))
        elif p.base == 'char':
            (self.text_in if p.const else self.text_out)(p, slot)
        elif p.base == 'void':
            self.add('char *', p.name, 'mpifh_buf(%s)' % p.name)
        elif p.base == 'weight' and p.array:
            self.add('MPI_Fint *', p.name, 'mpifh_weights(%s)' % p.name)
        elif p.array == '[][3]':
            self.add('MPI_Fint *', p.name, '(void *)' + p.name)
        else:
            base = p.base if p.base in NUMBERS else 'MPI_Fint'
            star = '' if p.stars or p.array else '*'
            self.add(base + ' *', p.name, star + p.name)

    def add(self, kind, name, arg):
        self.params.append(kind + name)
        self.args.append(arg)

    def handle(self, p, slot):
        kind, h = c_name(p.base), 'c_' + p.name
        if not p.stars:
            self.add('MPI_Fint *', p.name, 'PMPI_%s_f2c(*%s)' % (kind, p.name))
            return
        inout = INOUT.match(slot) and not (
            kind == 'Request' and 'mrecv' in slot)
        self.before.append('%s %s = %s;' % (
            p.base, h, 'PMPI_%s_f2c(*%s)' % (kind, p.name)
            if inout else p.base.upper() + '_NULL'))
        self.add('MPI_Fint *', p.name, '&' + h)
        (self.after if inout and kind == 'Request' else self.done).append(
            '*%s = PMPI_%s_c2f(%s);' % (p.name, kind, h))

    def handles(self, p, _):
        kind, h = c_name(p.base), 'c_' + p.name
        n = LENGTHS.get(p.length, '*' + p.length).replace(
            '(c)', '(mpifh_comm(comm))')
        if p.name in ('sendtypes', 'recvtypes'):
            n = 'mpifh_in_place(%sbuf) ? 0 : %s' % (p.name[:4], n)
        self.before += [
            'struct mpifh_room r_%s;' % p.name,
            'int n_%s = %s;' % (p.name, n),
            '%s *%s = mpifh_room(&r_%s, n_%s);' % (p.base, h, p.name, p.name),
            'for (int i = 0; i < n_%s; i++)' % p.name,
            '\t%s[i] = PMPI_%s_f2c(%s[i]);' % (h, kind, p.name)]
        self.add('MPI_Fint *', p.name, h)
        if not p.const:
            self.after += [
                'for (int i = 0; i < n_%s; i++)' % p.name,
                '\t%s[i] = PMPI_%s_c2f(%s[i]);' % (p.name, kind, h)]
        self.after.append('mpifh_room_free(&r_%s);' % p.name)

    def text_in(self, p, _):
        c, length = 'c_' + p.name, p.name + '_len'
        self.before.append('char *%s = mpifh_string(%s, %s);' % (
            c, p.name, length))
        self.add('char *', p.name, c)
        self.lengths.append('int ' + length)
        self.after.append('free(%s);' % c)

    def text_out(self, p, slot):
        c, length = 'c_' + p.name, p.name + '_len'
        size = STRINGS[slot]
        self.before.append('char %s[MPI_MAX_%s + 1] = "";' % (c, size))
        self.add('char *', p.name, c)
        self.lengths.append('int ' + length)
        self.done.append('mpifh_pad(%s, %s, %s);' % (p.name, c, length))

    def text(self):
        lines = list(self.before)
        lines.append('int rc = P%s(%s);' % (self.c, ', '.join(self.args)))
        lines += self.after
        if self.done:
            lines += ['if (rc == MPI_SUCCESS) {'] + [
                '\t' + x for x in self.done] + ['}']
        lines += ['if (ierr)', '\t*ierr = rc;']
        return '{\n' + ''.join('\t%s\n' % x for x in lines) + '}\n'


def own_name(row):
    return ('ompix_%s_f' if row.name.startswith('MPIX_') else 'ompi_%s_f') % \
        row.name.split('_', 1)[1].lower()


def function(row, target):
    # An MPIX_ function's target has no such name in mpi.h.
    c = row.name if row.name.startswith('MPIX_') else target.name
    call = Call(target, c)
    proto = 'void %s(%s)' % (own_name(row), ', '.join(
        call.params + ['MPI_Fint *ierr'] + call.lengths))
    return 'EXPORT %s;\n%s\n%s\n' % (proto, proto, call.text())


def spellings(own, name):
    """name: as MPI_Get_count."""
    low, kind = name.lower(), name.split('_')[0]
    c = kind + '_' + name.split('_', 1)[1].capitalize()
    for p in ('', 'p'):
        for s in ('', '_', '__'):
            yield p + low + s
        yield (p + low).upper()
        yield p.upper() + c + '_f'
        if c != 'MPI_Buffer_detach':  # libmpi_usempif08 has its own
            yield p.upper() + c + '_f08'


def sizeof(f):
    for kind, size in SIZES.items():
        for rank in RANKS:
            f.write('SIZEOF(%s_%s, %d)\n' % (kind, rank, size))


def follows(row):
    """Strings of a length of their own and callbacks are written by hand."""
    return all(not p.fn and not (p.base == 'char' and p.out and
                                 row.slot not in STRINGS)
               for p in row.params)


def is_fortran(row, have):
    return row.name[:3] == 'MPI' and own_name(row) in have and \
        row.cls != 'none' and (row.slot in BY_HAND or follows(row)) and \
        row.slot != 'X_Query_cuda_support'


def main(libs, where, script, rest):
    rows, have = table(), symbols(libs)
    by_slot = {r.slot: r for r in rows}
    names, known = {}, set()
    with open(where, 'w') as f:
        f.write('/* Generated from mpi.tbl: functions of Fortran */\n'
                '#include "mpifh.h"\n\n')
        for r in rows:
            if is_fortran(r, have):
                names[own_name(r)] = r.name
                if r.slot not in BY_HAND and r.slot not in FORTRAN_ONLY:
                    f.write(function(r, by_slot[r.alias] if r.alias else r))
        sizeof(f)
    for new, old in SAME.items():
        names['ompi_%s_f' % new] = 'MPI_' + new
    for name in FORTRAN_ONLY:
        names['ompi_%s_f' % name.lower()] = 'MPI_' + name
    with open(script, 'w') as f:
        f.write('/* Generated from mpi.tbl: spellings of Fortran */\n')
        for new, old in SAME.items():
            f.write('ompi_%s_f = ompi_%s_f;\n' % (new, old))
        for own, name in names.items():
            known.add(own)
            for s in spellings(own, name):
                known.add(s)
                f.write('%s = %s;\n' % (s, own))
    with open(rest, 'w') as f:
        f.write("/* Generated from mpi.tbl: the library's, not ours */\n" +
                missing(have, known, '(?i)p?mpix?_|ompix?_.*_f$'))


if __name__ == '__main__':
    main(*sys.argv[1:])
