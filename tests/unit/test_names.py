#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_names - every predefined object of each mpi.h, and the removed functions

A program made of all constants of the installed mpi.h says what MPI answers
about each; launched, it must say what it says natively. Open MPI's objects that
its mpi.h has no names for any more are named by their symbols.

usage: test_names.py [MPI...]; exit code 77 when one is not there
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), 'tests'))
from harness import job  # noqa: E402

ENV = job.environment()
KINDS = ('Datatype', 'Op')
PROGRAM = r'''
#include <mpi.h>
#include <stdio.h>
#include <string.h>

%(declare)s
static const struct { const char *name; MPI_Datatype type; } types[] = {
%(types)s};
static const struct { const char *name; MPI_Op op; } ops[] = {
%(ops)s};
static const struct { const char *name; int value; } classes[] = {
%(classes)s}, keyvals[] = {
%(keyvals)s}, splits[] = {
%(splits)s};
#define N(list) (sizeof(list) / sizeof(list[0]))

static int class_of(int rc)
{
	int class;

	MPI_Error_class(rc, &class);
	return class;
}

static void show(const char *what, int rc, long a, long b)
{
	printf(" %%s %%d", what, class_of(rc));
	if (rc == MPI_SUCCESS)
		printf(" %%ld %%ld", a, b);
}

static void type(const char *name, MPI_Datatype t)
{
	int n, size = -1, x[4] = { -1, -1, -1, -1 }, rc;
	MPI_Aint lb = -1, extent = -1;
	char text[MPI_MAX_OBJECT_NAME + 1] = "";
	MPI_Datatype made;

	printf("%%s:", name);
	rc = MPI_Type_size(t, &size);
	show("size", rc, size, 0);
	rc = MPI_Type_get_extent(t, &lb, &extent);
	show("extent", rc, lb, extent);
	rc = MPI_Type_get_true_extent(t, &lb, &extent);
	show("true", rc, lb, extent);
	rc = MPI_Type_get_name(t, text, &n);
	printf(" name %%d %%s", class_of(rc), text);
	rc = MPI_Type_get_envelope(t, &x[0], &x[1], &x[2], &x[3]);
	show("envelope", rc, x[0] * 10000 + x[1] * 100 + x[2], x[3]);
	show("pack", MPI_Pack_size(3, t, MPI_COMM_SELF, &n), n, 0);
	printf(" again %%d", MPI_Type_f2c(MPI_Type_c2f(t)) == t);
	rc = MPI_Type_contiguous(2, t, &made);
	show("twice", rc, 0, 0);
	if (rc == MPI_SUCCESS) {
		rc = MPI_Type_get_extent(made, &lb, &extent);
		show("extent", rc, lb, extent);
		MPI_Type_free(&made);
	}
	printf("\n");
}

/* Markers of bounds, as MPI 1 had them. */
static void bounded(const char *name, MPI_Datatype marker)
{
	int blocks[2] = { 1, 1 }, size = -1, rc;
	MPI_Datatype parts[2] = { MPI_INT, marker }, made = MPI_DATATYPE_NULL;
	MPI_Aint at[2] = { 8, 40 }, lb = -1, extent = -1;

	rc = MPI_Type_create_struct(2, blocks, at, parts, &made);
	printf("in a struct: %%s %%d", name, class_of(rc));
	if (rc == MPI_SUCCESS) {
		MPI_Type_get_extent(made, &lb, &extent);
		MPI_Type_size(made, &size);
		printf(" %%ld %%ld %%d", (long)lb, (long)extent, size);
		MPI_Type_free(&made);
	}
	printf("\n");
}

static int has_fraction(const char *type)
{
	return strstr(type, "FLOAT") || strstr(type, "DOUBLE") ||
	       strstr(type, "REAL") || strstr(type, "COMPLEX");
}

/* In 16-byte blocks of small numbers: no type reads more of an element. */
static void op(const char *name, MPI_Op o, const char *type_name,
	       MPI_Datatype t)
{
	unsigned char in[64] = { 1, 0, 1, 0, 3 }, out[64] = { 1, 1, 0, 0, 2 };
	int rc, i;

	/* Of these MPICH dies. */
	if (MPI_Type_size(t, &i) != MPI_SUCCESS || i == 0 ||
	    strstr(type_name, "FLOAT16") ||
	    (!strncmp(name, "MPI_L", 5) && has_fraction(type_name)))
		return;
	rc = MPI_Reduce_local(in, out, 1, t, o);
	if (rc != MPI_SUCCESS && class_of(rc) == MPI_ERR_OP)
		return;
	printf("%%s %%s: %%d", name, type_name, class_of(rc));
	for (i = 0; rc == MPI_SUCCESS && i < 32; i++)
		printf(" %%02x", out[i]);
	printf("\n");
}

static void others(void)
{
	char text[MPI_MAX_ERROR_STRING + 1] = "";
	int n, flag, *value, rc, commute;
	MPI_Comm c;
	size_t i;

	for (i = 0; i < N(classes); i++) {
		rc = MPI_Error_string(classes[i].value, text, &n);
		printf("%%s: %%d %%d %%s\n", classes[i].name, class_of(rc),
		       class_of(classes[i].value), text);
	}
	for (i = 0; i < N(keyvals); i++) {
		rc = MPI_Comm_get_attr(MPI_COMM_WORLD, keyvals[i].value, &value,
				       &flag);
		printf("%%s: %%d", keyvals[i].name, class_of(rc));
		if (rc == MPI_SUCCESS)
			printf(" %%d %%d", flag, flag ? *value : 0);
		printf("\n");
	}
	for (i = 0; i < N(splits); i++) {
		rc = MPI_Comm_split_type(MPI_COMM_WORLD, splits[i].value, 0,
					 MPI_INFO_NULL, &c);
		printf("%%s: %%d %%d\n", splits[i].name, class_of(rc),
		       rc == MPI_SUCCESS && c != MPI_COMM_NULL);
	}
	for (i = 0; i < N(ops); i++) {
		commute = -1;
		rc = MPI_Op_commutative(ops[i].op, &commute);
		printf("%%s: %%d %%d %%d\n", ops[i].name, class_of(rc), commute,
		       MPI_Op_f2c(MPI_Op_c2f(ops[i].op)) == ops[i].op);
	}
}

static int copied;

static int on_copy(MPI_Comm c, int k, void *x, void *in, void *out, int *flag)
{
	(void)c, (void)k, (void)x;
	copied++;
	*(void **)out = in;
	*flag = 1;
	return MPI_SUCCESS;
}

static int on_delete(MPI_Comm c, int k, void *v, void *x)
{
	(void)c, (void)k, (void)v, (void)x;
	copied += 100;
	return MPI_SUCCESS;
}

static void on_error(MPI_Comm *c, int *code, ...)
{
	(void)c, (void)code;
	copied += 10000;
}

/* Functions that MPI 3 has removed, and those that are still deprecated. */
static void removed(void)
{
	int key, flag, blocks[2] = { 1, 2 }, x[4];
	MPI_Aint at[2] = { 16, 64 }, lb = -1, ub = -1, extent = -1;
	MPI_Datatype parts[2] = { MPI_INT, MPI_DOUBLE }, t[3];
	MPI_Errhandler h, got;
	void *value = NULL;
	MPI_Comm c, d;
	int i, size;

	MPI_Type_hvector(3, 2, 40, MPI_INT, &t[0]);
	MPI_Type_hindexed(2, blocks, at, MPI_INT, &t[1]);
	MPI_Type_struct(2, blocks, at, parts, &t[2]);
	for (i = 0; i < 3; i++) {
		MPI_Type_lb(t[i], &lb);
		MPI_Type_ub(t[i], &ub);
		MPI_Type_extent(t[i], &extent);
		MPI_Type_size(t[i], &size);
		MPI_Type_get_envelope(t[i], &x[0], &x[1], &x[2], &x[3]);
		printf("removed type %%d: %%ld %%ld %%ld %%d %%d\n", i, (long)lb,
		       (long)ub, (long)extent, size, x[3]);
		MPI_Type_free(&t[i]);
	}
	MPI_Address(&x[1], &lb);
	printf("address %%d\n", (char *)lb == (char *)&x[1]);
	MPI_Comm_dup(MPI_COMM_SELF, &c);
	MPI_Keyval_create(on_copy, on_delete, &key, NULL);
	MPI_Attr_put(c, key, &copied);
	MPI_Comm_dup(c, &d);
	MPI_Attr_get(d, key, &value, &flag);
	printf("attribute %%d %%d %%d\n", flag, value == &copied, copied);
	MPI_Attr_delete(d, key);
	MPI_Keyval_free(&key);
	printf("deleted %%d %%d\n", key == MPI_KEYVAL_INVALID, copied);
	MPI_Errhandler_create(on_error, &h);
	MPI_Errhandler_set(c, h);
	MPI_Errhandler_get(c, &got);
	MPI_Comm_call_errhandler(c, MPI_ERR_OTHER);
	printf("handler %%d %%d\n", got == h, copied);
	MPI_Comm_free(&c);
	MPI_Comm_free(&d);
	printf("freed %%d\n", copied);
}

/* Each number that may be a Fortran handle. */
static void fortran(void)
{
	int i, size;

	for (i = 0; i < 120; i++) {
		MPI_Datatype t = MPI_Type_f2c(i);

		if (%(is_null)s || MPI_Type_size(t, &size) != MPI_SUCCESS)
			continue;
		printf("fortran type %%d: %%d %%d\n", i, size,
		       MPI_Type_c2f(t));
	}
}

int main(int argc, char **argv)
{
	size_t i, j;

	MPI_Init(&argc, &argv);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
	for (i = 0; i < N(types); i++)
		if (types[i].type != MPI_DATATYPE_NULL)
			type(types[i].name, types[i].type);
	for (i = 0; i < N(types); i++)
		if (strstr(types[i].name, "_LB") || strstr(types[i].name, "_UB") ||
		    strstr(types[i].name, "_lb") || strstr(types[i].name, "_ub"))
			bounded(types[i].name, types[i].type);
	for (i = 0; i < N(ops); i++)
		for (j = 0; j < N(types); j++)
			op(ops[i].name, ops[i].op, types[j].name,
			   types[j].type);
	others();
	removed();
	fortran();
	MPI_Finalize();
	return 0;
}
'''
# Not declared by Open MPI's mpi.h unless it was configured so.
OLD = '''
#undef MPI_Address
#undef MPI_Type_hvector
#undef MPI_Type_hindexed
#undef MPI_Type_struct
#undef MPI_Type_lb
#undef MPI_Type_ub
#undef MPI_Type_extent
#undef MPI_Errhandler_create
#undef MPI_Errhandler_set
#undef MPI_Errhandler_get
int MPI_Address(void *, MPI_Aint *);
int MPI_Type_hvector(int, int, MPI_Aint, MPI_Datatype, MPI_Datatype *);
int MPI_Type_hindexed(int, int *, MPI_Aint *, MPI_Datatype, MPI_Datatype *);
int MPI_Type_struct(int, int *, MPI_Aint *, MPI_Datatype *, MPI_Datatype *);
int MPI_Type_lb(MPI_Datatype, MPI_Aint *);
int MPI_Type_ub(MPI_Datatype, MPI_Aint *);
int MPI_Type_extent(MPI_Datatype, MPI_Aint *);
int MPI_Errhandler_create(MPI_Comm_errhandler_function *, MPI_Errhandler *);
int MPI_Errhandler_set(MPI_Comm, MPI_Errhandler);
int MPI_Errhandler_get(MPI_Comm, MPI_Errhandler *);
'''


def run(args, **kw):
    return subprocess.run(args, env=ENV, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors='backslashreplace',
                          timeout=120, check=False, **kw)


def constants(mpicc, where):
    """Macro -> text, names of enumerators and of Open MPI's datatypes."""
    source = os.path.join(where, 'list.c')
    with open(source, 'w', encoding='utf-8') as f:
        f.write('#include <mpi.h>\n')
    macros = {}
    for line in run([mpicc, '-E', '-dM', source]).stdout.splitlines():
        m = re.match(r'#define (P?(?:MPIX?|OMPI)_\w+) (.+)$', line)
        if m:
            macros[m.group(1)] = m.group(2)
    text = run([mpicc, '-E', source]).stdout
    enums = re.findall(r'\b(MPI_ERR_\w+|O?MPI_COMM_TYPE_\w+)\b', text)
    symbols = re.findall(r'struct ompi_predefined_datatype_t (ompi_\w+);',
                         text)
    return macros, enums, sorted(set(symbols))


def kind_of(macros, name):
    text = name
    for _ in range(5):
        if text not in macros:
            break
        text = macros[text]
    if 'REMOVED' in text:
        return None
    return next((k for k in KINDS if 'MPI_%s)' % k in text or
                 'MPI_%s,' % k in text), None)


def program(mpicc, where):
    macros, enums, symbols = constants(mpicc, where)
    names = sorted(set(macros) | set(enums))
    found = {k: [(n, n) for n in names if kind_of(macros, n) == k and
                 not n.endswith('_NULL')] for k in KINDS}
    declare = ''
    if 'OMPI_MAJOR_VERSION' in macros:
        declare = '#pragma GCC diagnostic ignored "-Wunused-function"\n' + OLD
        found['Datatype'] += [
            (n, '(MPI_Datatype)(void *)&' + n) for n in symbols
            if not n.endswith('_null')]
        for n in ('ompi_mpi_lb', 'ompi_mpi_ub'):
            declare += 'extern struct ompi_predefined_datatype_t %s;\n' % n
            found['Datatype'].append((n, '(MPI_Datatype)(void *)&' + n))
    lists = {
        'classes': [n for n in names if re.match(
            r'MPIX?_(T_)?ERR_(?!LASTCODE)|MPI_SUCCESS', n)],
        'keyvals': [n for n in names if n in (
            'MPI_TAG_UB', 'MPI_HOST', 'MPI_IO', 'MPI_WTIME_IS_GLOBAL',
            'MPI_UNIVERSE_SIZE', 'MPI_APPNUM', 'MPI_LASTUSEDCODE',
            'MPI_KEYVAL_INVALID')],
        'splits': [n for n in names if '_COMM_TYPE_' in n],
    }
    fill = {k: ''.join('\t{ "%s", %s },\n' % (n, n) for n in v)
            for k, v in lists.items()}
    for kind, key in (('Datatype', 'types'), ('Op', 'ops')):
        fill[key] = ''.join('\t{ "%s", %s },\n' % x for x in found[kind])
    fill['declare'] = declare
    # MPICH follows no number that is not a handle; Open MPI's are pointers.
    fill['is_null'] = '!t' if declare else 'i == 0'
    return PROGRAM % fill


def compare(mpi, where):
    mpicc, mpirun = job.compiler(mpi), job.mpirun(mpi, 1)
    source = os.path.join(where, 'names.c')
    exe = os.path.join(where, mpi)
    with open(source, 'w', encoding='utf-8') as f:
        f.write(program(mpicc, where))
    made = run([mpicc, '-w', '-O1', '-o', exe, source])
    if made.returncode:
        return made.stderr.splitlines()
    native = run(mpirun + [exe])
    ours = run(mpirun + [job.tool('mana_launch'), '--ckptdir', where, exe])
    if native.returncode:
        return native.stderr.splitlines()[:5] or ['the native run failed']
    wrong = difflib.unified_diff(native.stdout.splitlines(),
                                 ours.stdout.splitlines(), 'native',
                                 'launched', lineterm='', n=0)
    return list(wrong) + ours.stderr.splitlines()


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as where:
        for mpi in sys.argv[1:] or job.NAMES:
            for line in compare(mpi, where):
                print('test_names: %s: %s' % (mpi, line), file=sys.stderr)
                bad = 1
    return bad


if __name__ == '__main__':
    try:
        sys.exit(main())
    except job.Skip as why:
        print('test_names: %s' % why)
        sys.exit(77)
