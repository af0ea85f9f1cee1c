#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gen_headers.py - the headers made of consts.tbl and mpi.tbl, into a directory

usage: gen_headers.py DIR

A function of the gate is a member of struct mpi_table, a prototype of the back
and an initialiser:

  int (*Barrier)(seam_comm comm);		mpi_table.h
  int back_Barrier(seam_comm comm);		back.h
  .Barrier = back_Barrier,			back_table.h

A function of class hot:CALL (hot.h), and one of class local:VALUE, which is the
front's (front_local.h):

  int back_Isend(const void *buf, int count, ..., seam_request *request)
  {
  	int rc = p2p_started(SEND_STANDARD, buf, count, ..., request,
  			     "MPI_Isend");

  	return is_ask(rc) ? ask_Isend(buf, count, ..., request, rc) : rc;
  }

  int PMPI_Comm_rank(MPI_Comm comm, int *rank)
  {
  	const struct desc_comm *d = desc_of(in_comm(comm), DESC_COMM);

  	if (unlikely(!d || !rank))
  		return ask_Comm_rank(comm, rank);
  	*rank = (int)(d->rank);
  	return MPI_SUCCESS;
  }

A named int is two functions (conv_ints.h):

  static inline int seam_order(int v)
  {
  	switch (v) {
  	case MPI_ORDER_C:
  		return SEAM_ORDER_C;
  	case MPI_ORDER_FORTRAN:
  		return SEAM_ORDER_FORTRAN;
  	default:
  		return v;
  	}
  }
"""
import fnmatch
import os
import re
import sys
import zlib
from gen_ask import gate
from gen_back import via
from table import FLAGS, HANDLES, KINDS, NUMBERS, consts, early, table

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
    elif kind.islower() and kind != 'define':
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


def ask_h():
    out = ('/* Generated from mpi.tbl: what gen_ask.py makes */\n'
           '#pragma once\n#include "back.h"\n\n')
    for r in table():
        if not r.asked:
            continue
        params = r.seam_params()
        more = '' if params == 'void' else params + ', '
        out += 'int ask_%s(%sint refused)\n\t__attribute__((cold));\n' % (
            r.slot, more)
        if r.has_gate:
            out += 'int gate_%s(%s);\n' % (r.slot, params)
    return out


def hot_h():
    """Each function in the file of the one that it calls."""
    return ('/* Generated from mpi.tbl: functions of class hot:CALL. A file '
            'defines HOT_ and\n * its name to get those whose CALL is in it. '
            '*/\n#include "ask.h"\n\n' + ''.join(
                '#ifdef HOT_%s\n%s#endif\n' % (
                    r.via.split('_')[0], gate(r, 'back', via(r)))
                for r in table() if r.cls == 'hot' and r.via))


def local(row):
    """What the front answers by itself."""
    outs = [p for p in row.params if p.out]
    h = next((p for p in row.params if p.base in HANDLES), None)
    m = re.match(r'(?:\[(.*?)\])?(.*)$', row.via)
    values = re.split(r',(?![^(]*\))', m.group(2))
    bad = ['!d'] if h else []
    bad += ['!' + p.name for p in outs]
    bad += ['!(%s)' % m.group(1)] if m.group(1) else []
    text = 'int PMPI_%s(%s)\n{\n' % (row.slot, row.native_params())
    if h:
        desc = KINDS[h.base].desc
        text += '\tconst struct %s *d = desc_of(in_%s(%s), %s);\n\n' % (
            desc.lower(), HANDLES[h.base], h.name, desc)
    text += '\tif (unlikely(%s))\n\t\treturn ask_%s(%s);\n' % (
        ' || '.join(bad), row.slot, ', '.join(p.name for p in row.params))
    text += ''.join('\t*%s = (%s)(%s);\n' % (p.name, p.native_type(), v)
                    for p, v in zip(outs, values))
    return text + '\treturn MPI_SUCCESS;\n}\n'


def front_local_h():
    return '/* Generated from mpi.tbl: class local:VALUE */\n' + ''.join(
        since_4(r, local(r)) for r in table() if r.cls == 'local' and r.via)


def since_4(row, text):
    """For an mpi.h that need not have the function."""
    return text if 'o' in row.abis else '#if MPI_VERSION >= 4\n%s#endif\n' % text


def front_ask_h():
    out = ('/* Generated from mpi.tbl: the rest of the functions that fronts '
           'answer by\n * hand (class local): out of their way */\n'
           '#pragma once\n\n')
    for r in table():
        if r.cls != 'local':
            continue
        out += since_4(r, 'int ask_%s(%s)\n\t__attribute__((cold));\n' % (
            r.slot, r.native_params()))
    return out


def signature(row):
    """What matters where a row is called: the types, as they are passed."""
    return '%s(%s)' % (row.slot, ', '.join(
        p.seam_type() + '*' * (p.stars + bool(p.array)) for p in row.params))


def table_ids():
    """Fronts, which images hold, call by place: each place's content."""
    ids = [zlib.crc32(signature(r).encode()) for r in table() if r.in_gate]
    assert len(set(ids)) == len(ids)
    return ('\n/* What is at each place, by name and types: lower-half/table.h */'
            '\n#define MPI_TABLE_IDS \\\n%s\n' %
            ', \\\n'.join('\t0x%08xU' % i for i in ids))


# Not in every mpi.h; these are macros where they are.
GUARDED = r'MPI_(T_)?ERR_|MPI_COMM_TYPE_HW|MPI_COMM_TYPE_RES'
CASES = '''static inline int %s_%s(int v)
{
%s	switch (v) {
%s	default:
		return %s;
	}
}

'''
# All that have names are negative, and all others are the most.
NEGATIVE = ('rank', 'tag')
PLAIN = '\tif (__builtin_expect(v >= 0, 1))\n\t\treturn v;\n'
# Classes that an MPI may not have: what it says in their place.
INSTEAD = {'MPI_ERR_ERRHANDLER': 'MPI_ERR_ARG'}
BITS = '''static inline int %s_%s(int v)
{
	const int named = %s;
	int r = v & ~named ? CONV_NO_FLAG : 0;

%s	return r;
}

'''


def guard(name, text, other=''):
    if not re.match(GUARDED, name):
        return text
    if other:
        other = '#else\n' + other
    return '#ifdef %s\n%s%s#endif\n' % (name, text, other)


def flags(kind, names):
    seam = [n.replace('MPI_', 'SEAM_', 1) for n in names]
    out = ''
    for way, from_, to in (('seam', names, seam), ('real', seam, names)):
        out += BITS % (way, kind, ' | '.join(from_), ''.join(
            '\tif (v & %s)\n\t\tr |= %s;\n' % x for x in zip(from_, to)))
    return out


def convert(kind, names, form, line, rest):
    seam = [n.replace('MPI_', 'SEAM_', 1) for n in names]
    there = ''.join(guard(n, line % (n, s)) for n, s in zip(names, seam))
    here = ''.join(
        guard(n, line % (s, n), line % (s, INSTEAD.get(n, 'MPI_ERR_OTHER'))
              if kind == 'errcode' else '') for n, s in zip(names, seam))
    first = PLAIN if kind in NEGATIVE else ''
    return (form % (('seam', kind, first, there) + rest[:1]) +
            form % (('real', kind, first, here) + rest[1:]))


def is_class(names):
    """Whether a code is a class of the seam's own."""
    return ('static inline int seam_is_class(int v)\n{\n\tswitch (v) {\n' +
            ''.join('\tcase %s:\n' % n.replace('MPI_', 'SEAM_', 1)
                    for n in names) +
            '\t\treturn 1;\n\tdefault:\n\t\treturn 0;\n\t}\n}\n\n')


def conv_ints_h():
    out = ('/* Generated from consts.tbl: named ints, seam_X(native) and '
           'real_X(seam),\n * for whatever mpi.h is included before. Values '
           'without a name stay as they are. */\n')
    groups = {}
    for kind, name, _ in consts():
        if kind.islower() and kind not in ('define', 'int'):
            groups.setdefault(kind, []).append(name)
    for kind, names in groups.items():
        rest = ('v', 'v')
        if kind == 'errcode':
            rest = ('conv_code_away(v)', 'conv_code_back(v)')
            out += is_class(['MPI_SUCCESS'] + names)
        if kind in NEGATIVE:
            rest = ('conv_away(v)', 'conv_back(v)')
        out += flags(kind, names) if kind in FLAGS else \
            convert(kind, names, CASES, '\tcase %s:\n\t\treturn %s;\n', rest)
    return out


# Open MPI's mpi.h defines these to an error message, or not at all.
NAMELESS = {
    'MPI_LB': 'ompi_mpi_lb', 'MPI_UB': 'ompi_mpi_ub',
    'MPI_INTEGER16': 'ompi_mpi_integer16', 'MPI_REAL2': 'ompi_mpi_real2',
    'MPI_LONG_DOUBLE_COMPLEX': 'ompi_mpi_ldblcplex',
}
REMOVED = ('MPI_LB', 'MPI_UB')


# Predefined handles: lists to be expanded with H(kind, standard name, seam).
def handles_h():
    out = ('/* Generated from consts.tbl: H(KIND, native, seam) for every '
           'predefined handle\n * that the mpi.h included before has. */\n')
    for kind, name, _ in consts():
        if kind in HANDLES:
            seam = name.replace('MPI_', 'SEAM_', 1)
            for n in (name, name.replace('MPI_', 'MPIX_', 1)):
                if n == name or name == 'MPI_C_FLOAT16':
                    out += '#if defined(%s)' % n
                    if n in REMOVED:
                        out += ' && !defined(THIS_SYMBOL_WAS_REMOVED_IN_MPI30)'
                    out += '\nH(%s, %s, %s)\n' % (
                        HANDLES[kind].upper(), n, seam)
                    if n in NAMELESS:
                        out += '#elif defined(OPEN_MPI)\nH(%s, &%s, %s)\n' % (
                            HANDLES[kind].upper(), NAMELESS[n], seam)
                    out += '#endif\n'
    return out


# What a function of the gate is without MPI: a bit for each ABI, phase and
# release in which it may be called.
def closed_h():
    bits = {key: 1 << i for i, key in enumerate(
        when + abi + release
        for release in '123' for abi in 'mo' for when in 'ba')}
    out = ('/* Generated from mpi.tbl and early.tbl: the functions of the gate,'
           ' in order:\n * ROW(slot, name, where it may be called without'
           ' MPI) */\n')
    for r in table():
        if not r.in_gate:
            continue
        open_in = 0
        for when, abis, releases, patterns in early():
            if any(fnmatch.fnmatchcase(r.slot, p) for p in patterns):
                for key, bit in bits.items():
                    if key[0] in when and key[1] in abis and \
                            key[2] in releases:
                        open_in |= bit
        out += 'ROW(%s, "%s", %d)\n' % (r.slot, r.name, open_in)
    return out


def main(where):
    files = {
        'seam.h': seam_h(),
        'mpi_table.h': list_h(
            'MANA_MPI_TABLE_H', "the gate's MPI functions",
            '#define MPI_TABLE_ROWS %d\n\nstruct mpi_table {\n',
            '\tint (*%s)(%s);\n', '};\n' + table_ids()),
        'back.h': list_h(
            'MANA_BACK_GEN_H', "the back's functions, all called by the gate",
            '#define BACK_ROWS %d\n\n', 'int back_%s(%s);\n', ''),
        'ask.h': ask_h(),
        'front_ask.h': front_ask_h(),
        'front_local.h': front_local_h(),
        'files.h': '/* Generated from mpi.tbl: functions whose errors are about '
                   'files */\n' + ''.join(
            '"%s",\n' % r.name for r in table() if r.files),
        'hot.h': hot_h(),
        'conv_ints.h': conv_ints_h(),
        'handles.h': handles_h(),
        'closed.h': closed_h(),
        'back_table.h': '/* Generated from mpi.tbl: initialisers of struct '
                        'mpi_table */\n' + ''.join(
            '\t.%s = %s_%s,\n' % (r.slot, 'gate' if r.has_gate else
                                  'back', r.slot)
            for r in table() if r.in_gate),
    }
    os.makedirs(where, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(where, name), 'w') as f:
            f.write(text)


if __name__ == '__main__':
    main(sys.argv[1])
