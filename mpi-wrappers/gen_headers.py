#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_headers.py - seam.h, mpi_table.h and back.h; usage: gen_headers.py DIR"""
import os
import re
import sys
from table import HANDLES, NUMBERS, consts, table

SEAM_HEAD = '''/* Generated from consts.tbl: the types and constants of the seam.
 *
 * The seam is the MPI 5.0 standard ABI under another name, so that it and a
 * real mpi.h can be included together.
 */
#ifndef MANA_SEAM_H
#define MANA_SEAM_H

#include <stdint.h>

%s
typedef intptr_t seam_aint;
typedef int64_t seam_count;
typedef int64_t seam_offset;

/* internal: [0..1] bytes received (u64, low word first), [2] cancelled. */
struct seam_status {
	int source, tag, error;
	int internal[5];
};

'''


def const(kind, name, value):
    seam = name.replace('MPI_', 'SEAM_', 1)
    if kind in HANDLES:
        value = '((seam_%s)%s)' % (HANDLES[kind], value)
    elif kind == 'MPI_Status':
        value = '((struct seam_status *)0)'
    elif kind == 'int':
        value = '(%s)' % value
    elif kind != 'define':
        value = '((void *)%s)' % value
    value = re.sub(r'\(\w+_function\*\)', '(void *)', value)
    for k, v in NUMBERS.items():
        value = value.replace(k, v)
    return '#define %s %s\n' % (seam, value.replace('MPI_', 'SEAM_'))


def seam_h():
    types = ''.join('typedef struct seam_%s_s *seam_%s;\n' % (v, v)
                    for v in HANDLES.values())
    return (SEAM_HEAD % types + ''.join(const(*c) for c in consts()) +
            '\n#endif\n')


def list_h(guard, what, before, line, after):
    rows = [r for r in table() if r.in_gate]
    body = ''.join(line % (r.slot, r.seam_params()) for r in rows)
    return ('/* Generated from mpi.tbl: %s */\n#ifndef %s\n#define %s\n\n'
            '#include "seam.h"\n\nstruct front_shims;\n%s%s%s\n#endif\n' %
            (what, guard, guard, before % len(rows), body, after))


def main(where):
    files = {
        'seam.h': seam_h(),
        'mpi_table.h': list_h(
            'MANA_MPI_TABLE_H', "the gate's MPI functions",
            '#define MPI_TABLE_ROWS %d\n\nstruct mpi_table {\n',
            '\tint (*%s)(%s);\n', '};\n'),
        'back.h': list_h(
            'MANA_BACK_GEN_H', "the back's functions, all called by the gate",
            '#define BACK_ROWS %d\n\n', 'int back_%s(%s);\n', ''),
        'back_table.h': '/* Generated from mpi.tbl: initialisers of struct '
                        'mpi_table */\n' + ''.join(
            '\t.%s = back_%s,\n' % (r.slot, r.slot)
            for r in table() if r.in_gate),
    }
    os.makedirs(where, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(where, name), 'w') as f:
            f.write(text)


if __name__ == '__main__':
    main(sys.argv[1])
