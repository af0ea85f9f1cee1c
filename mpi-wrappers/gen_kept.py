# SPDX-License-Identifier: MIT
"""gen_kept - constructors whose arguments are kept, and which are called again

For each row of class type two functions go through the parameters in order,
one to write the arguments down (kept.h), the other to read them back:

  int back_Type_indexed(int count, const int array_of_blocklengths[], ...)
  {
  	const struct kept_arg args[] = {
  		{ KEPT_INT, &count, 1 },
  		{ KEPT_INT, array_of_blocklengths, count },
  		{ KEPT_INT, array_of_displacements, count },
  		{ KEPT_OBJECT + DESC_TYPE, &oldtype, 1 },
  	};

  	return type_new(&back_rows[22], args, 4, newtype);
  }

  static int make_Type_indexed(struct making *m, void *native)
  {
  	int count = *made_ints(m, 1);
  	const int *array_of_blocklengths = made_ints(m, count);
  	const int *array_of_displacements = made_ints(m, count);
  	MPI_Datatype oldtype = *made_types(m, 1);

  	return m->rc ? m->rc : MPI_Type_indexed(count, array_of_blocklengths,
  		array_of_displacements, oldtype, native);
  }

A library without the large function of a pair gets the small one, if the
numbers fit. The order of kept ints, addresses, counts and types is that of
MPI_Type_get_contents (MPI 4.0, section 5.1.13), too.
"""
from gen_back import native
from table import INTS, KINDS

AS = {'MPI_Aint': ('KEPT_AINT', 'made_aints'),
      'MPI_Count': ('KEPT_COUNT', 'made_counts')}


def kept_as(p):
    if p.base in KINDS:
        return 'KEPT_OBJECT + ' + KINDS[p.base].desc
    return AS[p.base][0] if p.base in AS else 'KEPT_INT'


def arg(p):
    return '{ %s, %s%s, %s }' % (kept_as(p), '' if p.array else '&', p.name,
                                 p.length if p.array else 1)


def back(row, at):
    kept = row.params[:-1]
    return ('int back_%s(%s)\n{\n\tconst struct kept_arg args[] = {\n%s\t};\n\n'
            '\treturn type_new(&back_rows[%d], args, %d, %s);\n}\n\n' % (
                row.slot, row.seam_params(),
                ''.join('\t\t%s,\n' % arg(p) for p in kept),
                at, len(kept), row.params[-1].name))


def made(p, q):
    """The next argument, kept as p is, for the native parameter q."""
    n = p.length if p.array else 1
    cast = ''
    if p.base in KINDS:
        call = 'made_types(m, %s)' % n
    elif p.base in INTS:
        call = 'made_named(m, %s, real_%s)' % (n, p.base)
    elif p.base == q.base:
        call = '%s(m, %s)' % (AS[p.base][1] if p.base in AS else 'made_ints', n)
    elif q.base == 'int':
        call = 'fit_ints(m, %s)' % n
    else:
        cast, call = '(const %s *)' % q.base, 'made_counts(m, %s)' % n
    if p.array:
        return 'const %s *%s = %s%s;' % (q.native_type(), q.name, cast, call)
    return '%s %s = *%s%s;' % (q.native_type(), q.name, cast, call)


def make(row, have):
    """The function that the library has, or the small one, or none."""
    use = next((r for r in (row, row.small) if r and native(r, have)), None)
    text = 'static int make_%s(struct making *m, void *native)\n{\n' % row.slot
    if not use:
        return text + '\t(void)m;\n\t(void)native;\n' \
            '\treturn MPI_ERR_OTHER;\n}\n\n'
    kept = list(zip(row.params[:-1], use.params))
    return text + ''.join('\t%s\n' % made(p, q) for p, q in kept) + \
        '\n\treturn m->rc ? m->rc : %s(%s, native);\n}\n\n' % (
            native(use, have), ', '.join(q.name for _, q in kept))


def combiner(row):
    """The standard names them after the functions."""
    small = row.small or row
    return 'SEAM_COMBINER_' + small.slot.replace('Type_', '').replace(
        'create_', '').upper()


def constructors(rows, have):
    rows = sorted((r for r in rows if r.cls == 'type'), key=lambda r: r.name)
    text = ''.join(make(r, have) for r in rows)
    text += 'const struct row back_rows[] = {\n' + ''.join(
        '\t{ "%s", %s, %d, make_%s },\n' % (
            r.name, combiner(r), r.small is not None, r.slot)
        for r in rows) + '};\nconst int back_n_rows = %d;\n\n' % len(rows)
    return text + ''.join(back(r, i) for i, r in enumerate(rows))
