#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_early - every MPI function before MPI_Init, and after MPI_Finalize

A program made of the table calls each function in a child process; launched,
each must return, or end the process, as natively. The same for the exit
status that an error of the program's own class leaves.

usage: test_early.py [MPI...]; exit code 77 when one is not there
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(os.getcwd(), d) for d in ('mpi-wrappers', 'tests')]
from harness import job  # noqa: E402
from table import HANDLES, OPAQUE, symbols, table  # noqa: E402

ENV = job.environment()
VALUES = {
    'MPI_Comm': 'MPI_COMM_SELF', 'MPI_Datatype': 'MPI_INT',
    'MPI_Op': 'MPI_SUM', 'MPI_Errhandler': 'MPI_ERRORS_RETURN',
    'MPI_Group': 'MPI_GROUP_EMPTY', 'MPI_Message': 'MPI_MESSAGE_NO_PROC',
}
# MPICH forgets to ask in these; there is nothing to answer them from.
INTENDED = {'mpich': (r'MPI_(Status_set_elements|Type_size|Type_get_extent|'
                      r'Type_get_true_extent)_x$',
                      # Nobody's graphics card, asked by name or not.
                      r'MPIX_Query_\w+_support$'),
            # Open MPI 5 lets predefined ones be freed, which are not there yet.
            'openmpi': (r'MPI_Errhandler_free$',)}
PROGRAM = r'''
#include <mpi.h>
#ifdef OPEN_MPI
#include <mpi-ext.h>
#endif
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static char buf[6][10000];
static MPI_Status statuses[8];

static void nothing(void)
{
}

%(functions)s
static struct { const char *name; int (*f)(void); } all[] = {
%(rows)s};

/* MPICH's codes hold the place of the error; its class is compared. */
static int class_of(int rc)
{
#ifdef MPICH_VERSION
	if (rc > 1000)
		MPI_Error_class(rc, &rc);
#endif
	return rc;
}

static void child(int (*f)(void), int fd)
{
	int rc;

	alarm(5);
	if (!freopen("/dev/null", "w", stderr) ||
	    !freopen("/dev/null", "w", stdout))
		_exit(99);
	rc = class_of(f());
	if (write(fd, &rc, sizeof(rc)) != sizeof(rc))
		_exit(99);
	_exit(0);
}

static void call(const char *name, int (*f)(void))
{
	int fd[2], how, rc;
	pid_t pid;

	fflush(stdout);
	if (pipe(fd))
		return;
	pid = fork();
	if (!pid)
		child(f, fd[1]);
	close(fd[1]);
	waitpid(pid, &how, 0);
	if (read(fd[0], &rc, sizeof(rc)) == sizeof(rc))
		printf("%%s returned %%d\n", name, rc);
	else if (WIFSIGNALED(how))
		printf("%%s signal\n", name);
	else
		printf("%%s exit\n", name);
	close(fd[0]);
}

/* n-th of the program's own classes and codes. */
static void fatal(int n)
{
	int code[6];

	MPI_Init(NULL, NULL);
	MPI_Add_error_class(&code[0]);
	MPI_Add_error_class(&code[1]);
	MPI_Add_error_code(code[0], &code[2]);
	MPI_Add_error_code(code[1], &code[3]);
	MPI_Add_error_code(MPI_ERR_ARG, &code[4]);
	MPI_Add_error_class(&code[5]);
	MPI_Comm_call_errhandler(MPI_COMM_WORLD, code[n]);
	MPI_Finalize();
}

int main(int argc, char **argv)
{
	size_t i;

	(void)argc;
	if (argv[1][0] == 'f') {
		fatal(atoi(argv[2]));
		return 0;
	}
	if (argv[1][0] == 'a') {
		MPI_Init(NULL, NULL);
		MPI_Finalize();
	}
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		call(all[i].name, all[i].f);
	return 0;
}
'''


def argument(p, i, declare):
    if p.fn:
        # What makes a handler is not looked at by MPICH 5 before MPI_Init.
        return '(void *)nothing' if 'errhandler' in p.name else '0'
    if p.base == 'MPI_Status':
        return 'statuses'
    if p.base in HANDLES:
        null = 'MPI_%s_NULL' % HANDLES[p.base].upper()
        if not p.stars and not p.array:
            return VALUES.get(p.base, null)
        declare.append('%s h%d[4] = { %s };' % (p.base, i,
                                                ', '.join([null] * 4)))
        return 'h%d' % i
    if p.base in OPAQUE:
        if not p.stars:
            return '0'
        declare.append('static %s h%d[4];' % (p.base, i))
        return 'h%d' % i
    if p.base == 'char' and p.stars == 1 and p.const:
        return '"x"'
    return '(void *)buf[%d]' % (i % 6) if p.stars or p.array else '0'


def function(r):
    declare = []
    args = [argument(p, i, declare) for i, p in enumerate(r.params)]
    if r.name == 'MPI_Pcontrol':
        args = ['0']
    elif r.name in ('MPI_Init', 'MPI_Init_thread'):
        args[:2] = ['NULL', 'NULL']
    call = '%s(%s)' % (r.name, ', '.join(args))
    end = 'return %s;' if r.returns == 'int' else '(void)%s; return 0;'
    return 'static int f_%s(void)\n{\n\t%s\n\t%s\n}\n' % (
        r.name, ' '.join(declare), end % call)


def program(mpi):
    # What Debian 12's library has, and this one as well.
    have = symbols(os.path.join(job.TOP, 'build/gen/symbols_' + mpi))
    rows = [r for r in table()
            if mpi[0] in r.abis and r.name in have and
            r.typed and r.cls != 'none' and
            r.name.startswith(('MPI_', 'MPIX_')) and not r.name.isupper() and
            not r.name.startswith('MPI_DUP')]
    return PROGRAM % {
        'functions': ''.join(function(r) for r in rows),
        'rows': ''.join('\t{ "%s", f_%s },\n' % (r.name, r.name)
                        for r in rows)}


def run(args):
    p = subprocess.run(args, env=ENV, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True, errors='backslashreplace', timeout=120,
                       check=False)
    return p.returncode, p.stdout.splitlines()


def build(mpi, where):
    source = os.path.join(where, mpi + '.c')
    exe = os.path.join(where, mpi)
    with open(source, 'w', encoding='utf-8') as f:
        f.write(program(mpi))
    # Not all that a library has is in its mpi.h.
    subprocess.run([job.compiler(mpi), '-w', '-O1', '-o', exe, source,
                    '-Wno-implicit-function-declaration'],
                   check=True)
    return exe


def compare(mpi, where):
    """What differs, a line each."""
    exe = build(mpi, where)
    ours = [job.tool('mana_launch'), '--mpi', mpi, '--ckptdir', where, exe]
    wrong = []
    for phase in ('before', 'after'):
        want, got = run([exe, phase])[1], run(ours + [phase])[1]
        if len(want) != len(got) or len(want) < 300:
            return ['%s: %d functions, natively %d' % (phase, len(got),
                                                       len(want))]
        for a, b in zip(want, got):
            # What the library does not survive, nobody can ask for.
            if a != b and not a.endswith('signal') and not any(
                    re.match(p, a.split()[0]) for p in INTENDED[mpi]):
                wrong.append('%s: %s, natively %s' % (phase, b, a))
    for n in range(6):
        want, got = run([exe, 'fatal', str(n)])[0], run(ours + ['fatal',
                                                                str(n)])[0]
        if want != got:
            wrong.append('fatal %d: exit status %d, natively %d' % (n, got,
                                                                    want))
    return wrong


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as where:
        for mpi in sys.argv[1:] or job.NAMES:
            for line in compare(mpi, where):
                print('test_early: %s: %s' % (mpi, line), file=sys.stderr)
                bad = 1
    return bad


if __name__ == '__main__':
    try:
        sys.exit(main())
    except job.Skip as why:
        print('test_early: %s' % why)
        sys.exit(77)
