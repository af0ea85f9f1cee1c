#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_fortran.py - Open MPI's Fortran functions, over its C functions

usage: gen_fortran.py SYMBOLS OUTPUT LINKER_SCRIPT MISSING

Each function of mpi.tbl that the installed libmpi_mpifh.so.40 has
(gen_symbols.py) becomes ompi_X_f, called as Fortran calls: everything by
reference, the error code last, then the lengths of strings. What does not
follow from the parameters is in front/mpifh/. The linker script adds the other
spellings of each name. MISSING: as of gen_front.py.

  void ompi_ibcast_f(char *buffer, MPI_Fint *count, MPI_Fint *datatype,
  		MPI_Fint *root, MPI_Fint *comm, MPI_Fint *request,
  		MPI_Fint *ierr)
  {
  	MPI_Request c_request = MPI_REQUEST_NULL;
  	int rc = PMPI_Ibcast(mpifh_buf(buffer), *count,
  			     PMPI_Type_f2c(*datatype), *root,
  			     PMPI_Comm_f2c(*comm), &c_request);
  	if (rc == MPI_SUCCESS) {
  		*request = PMPI_Request_c2f(c_request);
  	}
  	if (ierr)
  		*ierr = rc;
  }
"""
import sys
from gen_front import missing
from table import HANDLES, KINDS, NUMBERS, PEERS, symbols, table

# MPI_SIZEOF: bytes of one element of each type; a scalar, or of rank 1 to 15.
SIZES = {'character': 1, 'logical': 4, 'int8': 1, 'int16': 2, 'int32': 4,
         'int64': 8, 'real32': 4, 'real64': 8, 'real128': 16,
         'complex32': 8, 'complex64': 16, 'complex128': 32}
RANKS = ['scalar'] + ['r%d' % i for i in range(1, 16)]


class Call:
    """One function: Fortran's parameters, C's arguments, what is between."""

    def __init__(self, row, c):
        self.c = c
        self.params, self.lengths, self.args = [], [], []
        self.before, self.done, self.after = [], [], []
        for p in row.params:
            self.param(p)

    def param(self, p):
        if p.base in HANDLES:
            (self.handles if p.length else self.handle)(p)
        elif p.base == 'MPI_Status':
            self.add('MPI_Fint *', p.name, 'mpifh_status%s(%s)' % (
                'es' if p.length else '', p.name))
        elif p.base == 'char':
            (self.text_in if p.const else self.text_out)(p)
        elif p.base == 'void':
            self.add('char *', p.name, p.name if p.says('out') else
                     'mpifh_buf(%s)' % p.name)
        elif p.base == 'weight' and p.array:
            self.add('MPI_Fint *', p.name, 'mpifh_weights(%s)' % p.name)
        elif p.array == '[][3]':
            self.add('MPI_Fint *', p.name, '(void *)' + p.name)
        else:
            base = p.base if p.base in NUMBERS else 'MPI_Fint'
            star = '' if p.stars or p.array else '*'
            self.add(base + ' *', p.name, star + p.name)
            if p.says('index'):
                self.after.append('mpifh_from_1(rc, %s, %s);' % (
                    p.name, p.length or 1))

    def add(self, kind, name, arg):
        self.params.append(kind + name)
        self.args.append(arg)

    def handle(self, p):
        kind, h = KINDS[p.base].c_name, 'c_' + p.name
        if not p.stars:
            self.add('MPI_Fint *', p.name, 'PMPI_%s_f2c(*%s)' % (kind, p.name))
            return
        self.before.append('%s %s = %s;' % (
            p.base, h, 'PMPI_%s_f2c(*%s)' % (kind, p.name)
            if p.read else p.base.upper() + '_NULL'))
        self.add('MPI_Fint *', p.name, '&' + h)
        (self.after if p.read and kind == 'Request' else self.done).append(
            '*%s = PMPI_%s_c2f(%s);' % (p.name, kind, h))

    def handles(self, p):
        kind, h = KINDS[p.base].c_name, 'c_' + p.name
        n = PEERS.get(p.length, '*' + p.length).replace(
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

    def text_in(self, p):
        c, length = 'c_' + p.name, p.name + '_len'
        self.before.append('char *%s = mpifh_string(%s, %s);' % (
            c, p.name, length))
        self.add('char *', p.name, c)
        self.lengths.append('int ' + length)
        self.after.append('free(%s);' % c)

    def text_out(self, p):
        c, length = 'c_' + p.name, p.name + '_len'
        self.before.append('char %s[MPI_MAX_%s + 1] = "";' % (c, p.limit))
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
    return all(not p.fn and not (p.base == 'char' and p.out and not p.limit)
               for p in row.params)


def is_fortran(row, have):
    return row.name[:3] == 'MPI' and own_name(row) in have and \
        row.cls != 'none' and (row.fortran_by_hand or follows(row))


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
                if not r.fortran_by_hand:
                    f.write(function(r, by_slot[r.alias] if r.alias else r))
        sizeof(f)
    # What Fortran 2008 calls some of them.
    same = {own: own.replace('_cptr_f', '_f') for own in have
            if own.startswith('ompi_') and own.endswith('_cptr_f')}
    names.update((new, 'MPI_' + new[5:-2]) for new in same)
    with open(script, 'w') as f:
        f.write('/* Generated from mpi.tbl: spellings of Fortran */\n')
        for new, old in same.items():
            f.write('%s = %s;\n' % (new, old))
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
