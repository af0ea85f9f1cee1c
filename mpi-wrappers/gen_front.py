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

  int PMPI_Ibcast(void *buffer, int count, MPI_Datatype datatype, int root,
  		MPI_Comm comm, MPI_Request *request)
  {
  	seam_request s_request = 0;
  	int rc;

  	rc = CROSS(Ibcast(buffer, count, in_datatype(datatype),
  			  seam_rank(root), in_comm(comm),
  			  request ? &s_request : NULL));
  	if (s_request)
  		*request = out_request(s_request);
  	return front_code(rc);
  }

A pointer that is NULL goes across as NULL. A handle that is given out is 0 until
the back writes to it, which no seam handle is; one that is read becomes null or
stays as it was.
"""
import re
import sys
from table import (ENUMS, HANDLES, INTS, NUMBERS, OPAQUE, PEERS, symbols,
                   table)



class Thunk:
    def __init__(self, row):
        self.row = row
        self.args, self.decls, self.before = [], [], []
        self.after, self.done, self.last = [], [], []
        self.refuse = []  # before all else
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
        elif p.base in INTS and p.length:
            self.ints(p)
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
        elif p.limit:
            self.string(p, p.limit)
        else:
            self.args.append(p.name)

    def handle(self, p, kind):
        s = 's_' + p.name
        if not p.stars:
            self.args.append('in_%s(%s)' % (kind, p.name))
            return
        self.args.append('%s ? &%s : NULL' % (p.name, s))
        if p.read:
            self.decls.append('seam_%s %s = %s ? in_%s(*%s) : 0;' % (
                kind, s, p.name, kind, p.name))
            self.after.append('if (%s && is_null(%s))\n\t\t*%s = out_%s(%s);' %
                              (p.name, s, p.name, kind, s))
        else:
            self.decls.append('seam_%s %s = 0;' % (kind, s))
            self.after.append('if (%s)\n\t\t*%s = out_%s(%s);' %
                              (s, p.name, kind, s))

    def handles(self, p, kind):
        s, n = 's_' + p.name, PEERS.get(p.length, p.length)
        given = p.name
        if p.name == 'sendtypes' and p.length == '@peers':
            given = 'sendbuf == MPI_IN_PLACE ? NULL : sendtypes'
        self.decls.append('struct front_array %s;' % s)
        if p.name == 'recvtypes' and p.length == '@peers':
            # One list for both stays one.
            self.before.append('in_second(%s, s_sendtypes, %s, %s, sendtypes, '
                               '%s)' % (s, kind, given, n))
            self.args.append('front_items(&%s)' % s)
            self.last.append('free_second(&%s, &s_sendtypes);' % s)
            return
        self.before.append('in_array(%s, %s, %s, %s)' % (s, kind, given, n))
        self.args.append('front_items(&%s)' % s)
        if not p.const:
            self.after.append('out_nulls(%s, %s, %s, %s);' % (
                s, kind, p.name, n))
        self.last.append('front_array_free(&%s);' % s)

    def ints(self, p):
        s = 's_' + p.name
        self.decls.append('struct front_array %s;' % s)
        self.before.append('in_ints(%s, %s, %s, %s)' % (s, p.base, p.name,
                                                        p.length))
        self.args.append('(int *)front_items(&%s)' % s)
        if not p.const:
            self.done.append('out_ints(%s, %s, %s, %s);' % (s, p.base, p.name,
                                                            p.length))
        self.last.append('front_array_free(&%s);' % s)

    def statuses(self, p):
        s, n = 's_' + p.name, p.length
        self.decls.append('struct front_statuses %s;' % s)
        self.before.append('in_statuses(%s, %s, %s)' % (s, p.name, n))
        self.args.append('%s.items' % s)
        self.after.append('out_statuses(&%s, %s, %s, rc);' % (s, p.name, n))
        self.last.append('front_statuses_free(&%s);' % s)
        self.refuse.append(
            'if (no_status(%s))\n\t\treturn front_no_status(DESC_COMM, NULL, '
            '"%s");' % (p.name, self.row.name))

    def status(self, p):
        s = 's_' + p.name
        self.decls.append('struct seam_status %s;' % s)
        if p.const or p.read:
            self.decls[-1] = 'struct seam_status %s = { 0 };' % s
            self.before.append('given_status(&%s, %s)' % (s, p.name))
            self.args.append('right_status(%s) ? &%s : NULL' % (p.name, s))
            if not p.const:
                self.done.append('if (right_status(%s))\n\t\t\tout_status(%s, '
                                 '&%s);' % (p.name, p.name, s))
            return
        self.args.append('%s == MPI_STATUS_IGNORE ? NULL : &%s' % (p.name, s))
        if self.row.cls == 'call':  # what it does not write stays
            self.decls[-1] = 'struct seam_status %s = { 0 };' % s
            self.before.append('all_status(&%s, %s)' % (s, p.name))
            self.after.append('back_status(%s, &%s);' % (p.name, s))
            return
        self.before.append('unset_status(&%s)' % s)
        self.no_status(p)
        self.after.append('put_status%s(%s, &%s);' % (
            '_and_error' if p.says('whole') else '', p.name, s))

    def no_status(self, p):
        """MPICH: NULL is not MPI_STATUS_IGNORE."""
        of = [q for q in self.row.params if q.base == 'MPI_Comm' or
              q.base == 'MPI_Request' and q.stars and not q.length]
        self.refuse.append(
            'if (no_status(%s))\n\t\treturn front_no_status(%s, "%s");' % (
                p.name, 'DESC_%s, %s' % (
                    HANDLES[of[0].base].upper(), 's_' + of[0].name
                    if of[0].stars else 'in_%s(%s)' % (HANDLES[of[0].base],
                                                       of[0].name))
                if of else 'DESC_COMM, NULL', self.row.name))

    def int(self, p):
        s = 's_' + p.name
        if p.base == 'weight':
            self.args.append('seam_weights(%s)' % p.name)
        elif not p.stars:
            self.args.append('seam_%s(%s)' % (p.base, p.name))
        else:
            self.args.append('%s ? &%s : NULL' % (p.name, s))
            put = '*%s = real_%s(%s);' % (p.name, p.base, s)
            if p.read:
                self.decls.append('int %s = %s ? seam_%s(*%s) : 0;' % (
                    s, p.name, p.base, p.name))
                self.done.append('if (%s)\n\t\t\t%s' % (p.name, put))
            else:
                self.decls.append('int %s = NO_INT;' % s)
                self.after.append('if (%s != NO_INT)\n\t\t%s' % (s, put))

    def tool(self, p):
        if p.base in ENUMS:
            self.args.append('(int%s)%s' % (' *' if p.stars else '', p.name))
        elif p.base == 'MPI_T_pvar_handle' and not p.stars:
            self.args.append('in_pvar(%s)' % p.name)
        else:
            self.args.append('(void *%s)%s' % ('*' * p.stars, p.name))

    def string(self, p, size):
        s = 's_' + p.name
        self.decls.append('char %s[SEAM_MAX_%s + 1] = "";' % (s, size))
        self.args.append('%s ? %s : NULL' % (p.name, s))
        length = 'resultlen' if any(
            q.name == 'resultlen' for q in self.row.params) else 'NULL'
        self.done.append('if (%s)\n\t\t\tfront_string(%s, %s, MPI_MAX_%s, %s);' %
                         (p.name, p.name, s, size, length))

    def text(self):
        call = '%s(%s)' % (self.row.slot, ', '.join(self.args))
        lines = self.decls + ['int rc;', ''] + self.refuse + \
            [b + ';' for b in self.before]
        if self.done:
            tail = ['if (rc == 0) {'] + ['\t' + x for x in self.done] + ['}']
        else:
            tail = []
        if not (self.decls or self.before or self.after or tail):
            return '\treturn front_code(CROSS(%s));\n' % call
        lines += ['rc = CROSS(%s);' % call] + self.after + tail + \
            self.last + ['return front_code(rc);']
        return ''.join('\t%s\n' % x if x else '\n' for x in lines)


# Some releases of mpi.h have it without const: the type it has there.
PREADY_LIST = '''typedef __typeof__(_Generic(
	&PMPI_Pready_list, int (*)(int, const int *, MPI_Request): (const int *)0,
	default: (int *)0)) partition_list;

'''


def function(row):
    name = 'ask_' + row.slot if row.cls == 'local' else 'P' + row.name
    proto = '%s %s(%s)' % (row.returns, name, row.native_params())
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
        elif r.cls == 'local' or target.cls != 'front' and \
                not target.by_hand:
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
