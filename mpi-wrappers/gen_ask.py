# SPDX-License-Identifier: MIT
"""gen_ask - what the native library says to arguments that the back refuses

For each row whose function is written by hand:

  int ask_X(..., int refused)   the native call with these arguments, and its
      error; refused (ASK(class), objects.h) when it finds none
  int gate_X(...)   the gate's entry: back_X, and when that refuses, ask_X. It
      lets no pointer through that must not be NULL. Not of class hot.

  int ask_Type_commit(seam_datatype *datatype, int refused)
  {
  	MPI_Datatype n_datatype = datatype ? real_type(*datatype) :
  					     MPI_DATATYPE_NULL;
  	int rc;

  	told_forget();
  	rc = MPI_Type_commit(datatype ? &n_datatype : NULL);
  	return ask_end(rc, refused, NULL, "MPI_Type_commit");
  }

  int gate_Type_commit(seam_datatype *datatype)
  {
  	int rc = !datatype ? ASK(SEAM_ERR_ARG) : back_Type_commit(datatype);

  	return is_ask(rc) ? ask_Type_commit(datatype, rc) : rc;
  }

Only what is wrong is asked about. So what a call makes natively all the same
is freed here where one process can do that, and left where it cannot.
"""
from gen_back import Call, guess, native, none, real
from table import HANDLES, KINDS


class Ask(Call):
    """The arguments of a call that is expected to fail."""

    def handle(self, p):
        kind, n = HANDLES[p.base], 'n_' + p.name
        null = 'MPI_%s_NULL' % kind.upper()
        if p.length:
            self.several(p, kind, n)
        elif not p.stars and kind == 'info':
            super().handle(p)
        elif not p.stars:
            self.args.append(real(kind, p.name))
        elif p.read:
            if kind == 'info':
                self.decls.append('MPI_Info %s = %s ? native_info_or_null(*%s)'
                                  ' : MPI_INFO_NULL;' % (n, p.name, p.name))
                self.after.append('native_info_free(&%s);' % n)
            else:
                self.decls.append('%s %s = %s ? %s : %s;' % (
                    p.base, n, p.name, real(kind, '*' + p.name), null))
            self.args.append('%s ? &%s : NULL' % (p.name, n))
        else:
            first = none(kind, p.base)
            self.decls.append('%s %s = %s;' % (p.base, n, first))
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.after.append('if (rc && %s != %s)\n\t\t*%s = SEAM_%s_NULL;' %
                              (n, first, p.name, kind.upper()))
            if KINDS[p.base].undo:
                self.after.append('if (!rc && %s != %s && %s != %s)\n\t\t'
                                  'MPI_%s_free(&%s);' % (
                                      n, first, n, null,
                                      KINDS[p.base].c_name, n))

    def several(self, p, kind, n):
        if kind == 'request':
            self.decls.append('MPI_Request *%s = ask_requests(%s, %s);' % (
                n, p.name, p.length))
        elif p.const:
            self.decls.append('MPI_Datatype *%s = ask_types(%s, %s);' % (
                n, p.name, p.length))
        else:
            self.decls.append('MPI_Datatype *%s = ask_room(%s, %s);' % (
                n, p.name, p.length))
        self.args.append(n)
        self.after.append('keep_free(%s);' % n)

    def status(self, p):
        if p.length:
            self.args.append('ask_statuses(%s)' % p.name)
        elif p.read:
            super().status(p)
        else:
            self.args.append('MPI_STATUS_IGNORE')
            self.before.append('(void)%s;' % p.name)

    def int(self, p):
        n = 'n_' + p.name
        if p.base in ('distrib', 'darg'):
            self.decls.append('int %s[ASK_DIMS];' % n)
            self.args.append('ask_ints(%s, %s, %s, real_%s)' % (
                n, p.name, p.length, p.base))
        elif p.base == 'rank' and p.length:
            self.args.append(p.name)
        elif p.base == 'keyval' and not p.stars:
            self.args.append('ask_keyval(%s)' % p.name)
        elif p.base == 'keyval':
            self.decls.append('int %s = %s ? ask_keyval_free(*%s) : 0;' % (
                n, p.name, p.name))
            self.args.append('%s ? &%s : NULL' % (p.name, n))
        elif p.stars:
            self.decls.append('int %s = NO_INT;' % n)
            self.args.append('%s ? &%s : NULL' % (p.name, n))
            self.after.append('if (%s != NO_INT)\n\t\t*%s = seam_%s(%s);' %
                              (n, p.name, p.base, n))
        else:
            super().int(p)

    def array_of_ranges(self, p):
        self.args.append('(int (*)[3])' + p.name)

    def param(self, p):
        if p.array == '[][3]':
            self.array_of_ranges(p)
        else:
            super().param(p)


def required(row):
    """Pointers that must not be NULL; hot functions look at a handle's place
    and at the communicator in one go."""
    for p in row.params:
        if row.cls == 'hot' and p.base in HANDLES:
            continue
        if p.fn or p.base == 'MPI_Status' or p.says('null') or \
                p.base == 'void' and not p.says('out'):
            continue
        if p.stars == 1 and not p.array:
            yield p.name


def ask(row, name):
    call = Ask(row)
    owner = call.owner(freed=False)
    if call.c:
        owner = 'desc_of(%s, DESC_COMM)' % call.c
    lines = call.decls + ['int rc;', '', 'told_forget();'] + call.before
    lines.append('rc = %s(%s);' % (name, ', '.join(call.args)))
    lines += call.after + ['return ask_end(rc, refused, %s, %s);' % (
        owner, call.what())]
    return ''.join('\t%s\n' % x if x else '\n' for x in lines)


def asking(row, have):
    """ask_X and gate_X of a row that is written by hand."""
    if not row.asked:
        return ''
    found = native(row, have)
    params = '' if row.seam_params() == 'void' else row.seam_params() + ', '
    names = [p.name for p in row.params]
    text = 'int ask_%s(%sint refused)\n{\n' % (row.slot, params)
    text += ask(row, found) if found else ''.join(
        '\t(void)%s;\n' % n for n in names) + guess(
            row, 'ASK_CLASS(refused)')
    text += '}\n\n'
    if not row.has_gate:
        return text
    return text + gate(row, 'gate', 'back_%s(%s)' % (
        row.slot, ', '.join(names)))


def gate(row, name, call):
    """A function that makes the call, and asks when that refuses."""
    bad = ' || '.join('!' + n for n in required(row))
    if bad:
        call = '%s ?\n\t\tASK(SEAM_ERR_ARG) : %s' % (bad, call)
    return 'int %s_%s(%s)\n{\n\tint rc = %s;\n\n\treturn is_ask(rc) ? ' \
        'ask_%s(%s) : rc;\n}\n' % (
            name, row.slot, row.seam_params(), call, row.slot,
            ', '.join([p.name for p in row.params] + ['rc']))
