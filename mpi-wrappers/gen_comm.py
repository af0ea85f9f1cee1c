# SPDX-License-Identifier: MIT
"""gen_comm - constructors of communicators that are collective over one

For each row of class comm:

  int back_Comm_split(seam_comm comm, int color, int key, seam_comm *newcomm)
  {
  	static const char fn[] = "MPI_Comm_split";
  	MPI_Comm n_newcomm = (MPI_Comm)0;
  	struct desc_comm *p, *c = NULL;
  	int rc = 0;

  	p = comm_enter(comm, &rc);
  	if (!p)
  		return rc;
  	rc = MPI_Comm_split(NATIVE(MPI_Comm, p), color, key, &n_newcomm);
  	rc = rc ? err_from_native(rc) :
  		comm_wrap(n_newcomm, p, COMM_SPLIT, fn, &c);
  	coll_leave();
  	return comm_result(p, rc, c, n_newcomm, newcomm, fn);
  }

A row that says what is to be noted has it called before the clock is left:
rc = topo_cart(c, ndims, dims, periods).
"""
from gen_back import native, real
from table import HANDLES, INTS


def arg(p):
    """What the native function is given; an info: n_info."""
    if p.base == 'MPI_Info':
        return 'n_' + p.name
    if p.base == 'weight':
        return 'real_weights(%s)' % p.name
    if p.base in HANDLES:
        return real(HANDLES[p.base], p.name)
    return 'real_%s(%s)' % (p.base, p.name) if p.base in INTS else p.name


def constructor(row, have):
    """Both MPIs have them all."""
    comm, between, new = row.params[0], row.params[1:-1], row.params[-1]
    how, _, note = row.via.partition(',')
    infos = ['n_' + p.name for p in between if p.base == 'MPI_Info']
    n = 'n_' + new.name
    lines = ['static const char fn[] = "%s";' % row.name,
             'MPI_Comm %s = (MPI_Comm)0;' % n,
             'struct desc_comm *p, *c = NULL;']
    lines += ['MPI_Info %s;' % i for i in infos]
    lines += ['int rc = 0;', '', 'p = comm_enter(%s, &rc);' % comm.name,
              'if (!p)', '\treturn rc;']
    lines += ['%s = given_hints(%s);' % (i, i[2:]) for i in infos]
    lines.append('rc = %s(NATIVE(MPI_Comm, p), %s&%s);' % (
        native(row, have), ''.join(arg(p) + ', ' for p in between), n))
    lines += ['native_info_free(&%s);' % i for i in infos]
    lines.append('rc = rc ? err_from_native(rc) : '
                 'comm_wrap(%s, p, COMM_%s, fn, &c);' % (n, how))
    if note:
        lines += ['if (c)', '\trc = %s;' % note.replace(',', ', ')]
    lines += ['coll_leave();',
              'return comm_result(p, rc, c, %s, %s, fn);' % (n, new.name)]
    return 'int back_%s(%s)\n{\n%s}\n\n' % (
        row.slot, row.seam_params(),
        ''.join('\t%s\n' % x if x else '\n' for x in lines))
