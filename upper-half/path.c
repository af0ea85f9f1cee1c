/* SPDX-License-Identifier: MIT */
/* path.c - paths the application opens that are not what it thinks
 *
 * Freestanding. The stand-in for an MPI library is chosen by file name alone,
 * wherever a RPATH, the cache or dlopen found it.
 */
#include <stddef.h>
#include "app.h"
#include "half_hooks.h"
#include "path.h"

static const struct {
	const char *soname, *front;
	int optional; /* the real library runs on our front too */
} fronts[] = {
	{ "libmpich.so.12", "/front-mpich.so", 0 },
	{ "libmpi.so.12", "/front-mpich.so", 0 },
	{ "libmpi.so.40", "/front-openmpi.so", 0 },
	{ "libmpi_mpifh.so.40", "/front-openmpi-mpifh.so", 1 },
};

#define FRONTS (sizeof(fronts) / sizeof(fronts[0]))

static char front_path[FRONTS][4096 + 64];
static int no_mpi;

void path_no_mpi(void)
{
	no_mpi = 1;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* libmpi.so.40 is also opened by its full version: libmpi.so.40.30.4 */
static int starts(const char *a, const char *b)
{
	while (*b && *a == *b)
		a++, b++;
	return !*b && (!*a || *a == '.');
}

static char *append(char *to, const char *from)
{
	while (*from)
		*to++ = *from++;
	*to = 0;
	return to;
}

int path_absolute(const char *path)
{
	return path && path[0] == '/';
}

int path_is_exe(const char *path)
{
	char own[64], digits[16];
	int n = 0, pid = APP->pid;
	char *p;

	if (!path || path[0] != '/' || path[1] != 'p')
		return 0;
	if (same(path, "/proc/self/exe") || same(path, "/proc/thread-self/exe"))
		return 1;
	for (; pid > 0; pid /= 10)
		digits[n++] = (char)('0' + pid % 10);
	p = append(own, "/proc/");
	while (n)
		*p++ = digits[--n];
	append(p, "/exe");
	return same(path, own);
}

int path_is_libc(const char *path)
{
	const char *base = path;

	if (!path)
		return 0;
	for (; *path; path++)
		if (*path == '/')
			base = path + 1;
	return same(base, "libc.so.6");
}

const char *path_translate(const char *path)
{
	const char *base = path, *p;
	size_t i;

	if (!path)
		return path;
	if (path_is_exe(path))
		return APP->exe;
	for (p = path; *p; p++)
		if (*p == '/')
			base = p + 1;
	if (base[0] != 'l' || base[1] != 'i')
		return path;
	for (i = 0; i < FRONTS; i++) {
		if (!starts(base, fronts[i].soname))
			continue;
		if (no_mpi)
			half_die("the program loads an MPI library: start it "
				 "with --mpi mpich or --mpi openmpi");
		if (!front_path[i][0])
			append(append(front_path[i], APP->libdir),
			       fronts[i].front);
		if (fronts[i].optional &&
		    raw_syscall2(SYS_access, (long)front_path[i], 4 /* R_OK */))
			return path;
		return front_path[i];
	}
	return path;
}
