#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_handles.py - predefined handles of an application ABI, both ways

usage: gen_handles.py mpich OUTPUT
       gen_handles.py openmpi OUTPUT SYMBOLS

mpich: tables and switches, to be included by front/mpich/abi.h.
openmpi: the data symbols that programs name, those of them that the installed
library has (gen_symbols.py), and a table of their addresses.

  static inline uintptr_t in_fixed_info(int h)		handles_mpich.h
  {
  	switch (h) {
  #ifdef MPI_INFO_NULL
  	case (int)MPI_INFO_NULL:
  		return 0x130;
  #endif
  #ifdef MPI_INFO_ENV
  	case (int)MPI_INFO_ENV:
  		return 0x131;
  #endif
  	default:
  		return NO_HANDLE;
  	}
  }

  OBJECT(ompi_mpi_op_sum, 2048, 0x21)			data_openmpi.c
"""
import os
import sys
from table import HANDLES, HERE, consts, symbols

# In MPICH these are not numbered with the basic types.
PAIRS = ('MPI_FLOAT_INT', 'MPI_DOUBLE_INT', 'MPI_LONG_INT', 'MPI_SHORT_INT',
         'MPI_LONG_DOUBLE_INT', 'MPI_DATATYPE_NULL')
# MPICH's mpi.h has the name, as MPI_DATATYPE_NULL.
NULLS = ('MPI_INTEGER16',)
POINTERS = ('file',)  # not ints, even in MPICH


def predefined():
    """(kind, native name, seam value) of all predefined handles."""
    for kind, name, value in consts():
        if kind in HANDLES:
            if name == 'MPI_C_FLOAT16':
                name = 'MPIX_C_FLOAT16'
            yield HANDLES[kind], name, int(value, 16)


def guarded(name, line):
    return '#ifdef %s\n%s\n#endif\n' % (name, line)


def mpich():
    out = ['/* Generated from consts.tbl: predefined handles of MPICH */\n'
           'static const int out_fixed[FIXED_HANDLES] = {\n']
    handles = [h for h in predefined() if h[0] not in POINTERS]
    for kind, name, value in handles:
        out.append(guarded(name, '\t[0x%x] = (int)%s,' % (value, name)))
    out.append('};\n\nstatic const uint16_t in_basic[256] = {\n')
    for kind, name, value in handles:
        if kind == 'datatype' and name not in PAIRS + NULLS:
            out.append(guarded(name, '\t[%s & 0xff] = 0x%x,' % (name, value)))
    out.append('};\n')
    for kind in dict.fromkeys(h[0] for h in handles):
        out.append('\nstatic inline uintptr_t in_fixed_%s(int h)\n{\n'
                   '\tswitch (h) {\n' % kind)
        for k, name, value in handles:
            if k == kind and name not in NULLS:
                out.append(guarded(name, '\tcase (int)%s:\n\t\treturn 0x%x;' %
                                   (name, value)))
        out.append('\tdefault:\n\t\treturn NO_HANDLE;\n\t}\n}\n')
    return ''.join(out)


def objects(have):
    """(symbol, size, constant, Fortran handle) of Open MPI's objects."""
    path = os.path.join(HERE, 'front/openmpi/objects.tbl')
    with open(path) as f:
        rows = [line.split() for line in f if line.strip() and line[0] != '#']
    return [[sym, have[sym].size, name, n] for sym, name, n in rows
            if sym in have]


def openmpi(libs):
    mine = objects(symbols(libs))
    value = {name: (kind, v) for kind, name, v in predefined()}
    out = ['/* Generated from objects.tbl: what programs name by address.\n'
           ' * No mpi.h here: its types of these are incomplete. */\n'
           '#include <stdint.h>\n#include "front_data.h"\n\n']
    for sym, size, name, _ in mine:
        out.append('OBJECT(%s, %s, 0x%x)\n' % (sym, size, value[name][1]))
    out.append('\nvoid *const out_fixed[FIXED_HANDLES] = {\n')
    for sym, _, name, fortran in mine:
        if fortran != '-':
            out.append('\t[0x%x] = %s,\n' % (value[name][1], sym))
    first = {}
    for sym, _, name, n in mine:
        if n != '-':
            first.setdefault((value[name][0], n), (sym, int(n)) + value[name])
    fortran = first.values()
    out.append('};\n\nvoid *const front_fortran_object[][FRONT_FORTRAN] = {\n')
    out += ['\t[FORTRAN_%s][%d] = %s,\n' % (kind.upper(), n, sym)
            for sym, n, kind, _ in fortran]
    out.append('};\n\nconst int16_t front_fortran_number[FIXED_HANDLES] = {\n')
    out += ['\t[0x%x] = %d + 1,\n' % (v, n) for _, n, _, v in fortran]
    out.append('};\n')
    return ''.join(out)


if __name__ == '__main__':
    with open(sys.argv[2], 'w') as f:
        f.write(mpich() if sys.argv[1] == 'mpich' else openmpi(sys.argv[3]))
