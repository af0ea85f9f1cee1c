/* SPDX-License-Identifier: MIT */
/* path.c - paths the application opens that are not what it thinks
 *
 * Freestanding. The stand-in for an MPI library is chosen by file name alone,
 * wherever a RPATH, the cache or dlopen found it.
 */
#include <stddef.h>
#include "../common/decimal.h"
#include "../common/lower_hooks.h"
#include "../common/mpis.h"
#include "app.h"
#include "ids.h"
#include "path.h"

static char front_path[MPI_SONAMES][4096 + 64];
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

/* Returns what follows one or more slashes; NULL: there is none. */
static const char *past_slashes(const char *p)
{
	if (*p != '/')
		return NULL;
	while (*p == '/')
		p++;
	return p;
}

/* Returns what follows "/proc/"; NULL: the path leads elsewhere. */
static const char *in_proc(const char *path)
{
	const char *p, *name = "proc";

	if ((unsigned long)path < 4096 || (unsigned long)path >> 47)
		return NULL;
	for (p = past_slashes(path); p && *name; p++)
		if (*p != *name++)
			return NULL;
	return p ? past_slashes(p) : NULL;
}

int path_absolute(const char *path)
{
	return path && path[0] == '/';
}

/* The rest of path after start, or NULL. */
static const char *after(const char *path, const char *start)
{
	while (*start && *path == *start)
		path++, start++;
	return *start ? NULL : path;
}

/* The number that p begins with, a whole component of a path; 0: none. */
static int number(const char **p)
{
	long n = 0;

	while (**p >= '0' && **p <= '9' && n < 1L << 31)
		n = 10 * n + *(*p)++ - '0';
	return (**p && **p != '/') || n >= 1L << 31 ? 0 : (int)n;
}

int path_is_exe(const char *path)
{
	const char *p = in_proc(path);

	if (!p)
		return 0;
	if (same(p, "self/exe") || same(p, "thread-self/exe"))
		return 1;
	return number(&p) == lower_id() && same(p, "/exe");
}

/* "/task/N..." with N as the kernel knows it. */
static void put_rest(char *to, const char *p)
{
	const char *task = after(p, "/task/");
	int n = task ? number(&task) : 0;

	if (n) {
		to = decimal_put(append(to, "/task/"), ids_real(n));
		p = task;
	}
	append(to, p);
}

const char *path_in_proc(const char *path, char buf[PATH_IN_PROC])
{
	const char *p = in_proc(path);
	char *to;
	size_t len = 0;
	int n;

	if (!p)
		return path;
	if (path_is_exe(path))
		return APP->exe;
	while (len < PATH_IN_PROC && path[len])
		len++;
	if (GATE->epoch == 1 || len + 32 > PATH_IN_PROC)
		return path;
	to = append(buf, "/proc/");
	n = number(&p);
	if (n) {
		put_rest(decimal_put(to, ids_real(n)), p);
	} else if (after(p, "self/task/")) {
		put_rest(append(to, "self"), p + 4);
	} else {
		return path;
	}
	return buf;
}

size_t path_link(const char *path, char *to, size_t max)
{
	const char *p = in_proc(path);
	char text[64], *end = text;
	size_t n;

	if (!p || GATE->epoch == 1)
		return 0;
	if (same(p, "self"))
		end = decimal_put(text, lower_id());
	if (same(p, "thread-self"))
		end = decimal_put(
			append(decimal_put(text, lower_id()), "/task/"),
			thread_self() ? thread_self()->vtid : 0);
	for (n = 0; n < (size_t)(end - text) && n < max; n++)
		to[n] = text[n];
	return n;
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

/* The first character is written last, since other threads may look
 * meanwhile. */
static void front_begin(size_t i)
{
	char *p = front_path[i];

	if (__atomic_load_n(p, __ATOMIC_ACQUIRE))
		return;
	append(append(p + 1, APP->libdir + 1), mpi_sonames[i].front);
	__atomic_store_n(p, APP->libdir[0], __ATOMIC_RELEASE);
}

int path_is_front(const char *path)
{
	return (uintptr_t)path - (uintptr_t)front_path < sizeof(front_path);
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
	for (i = 0; i < MPI_SONAMES; i++) {
		if (!starts(base, mpi_sonames[i].soname))
			continue;
		if (no_mpi)
			lower_die("the program loads an MPI library: start it "
				  "with --mpi mpich or --mpi openmpi");
		front_begin(i);
		if (mpi_sonames[i].optional &&
		    raw_syscall2(SYS_access, (long)front_path[i], 4 /* R_OK */))
			return path;
		return front_path[i];
	}
	return path;
}
