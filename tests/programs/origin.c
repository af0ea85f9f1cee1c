/* SPDX-License-Identifier: MIT */
/* origin.c - $ORIGIN is the program's directory; code mapped past the end of
 * its file. The run path makes ld.so look for $ORIGIN at the start. */
/* test: ranks=1 mpi=none threads=1 cflags=-Xlinker,-rpath,-Xlinker,$ORIGIN */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include "check.h"

enum { PAGE = 4096, TAIL = 8 };

static void check_origin(void)
{
	char exe[PATH_MAX] = "", origin[PATH_MAX] = "";
	void *self = dlopen(NULL, RTLD_NOW);

	CHECK(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	*strrchr(exe, '/') = 0;
	CHECK_EQ(dlinfo(self, RTLD_DI_ORIGIN, origin), 0);
	CHECK_EQ(strcmp(origin, exe), 0);
	dlclose(self);
}

/* As ld.so maps a library whose first segment is code: in all its length,
 * then data over the part that has no file behind it. */
static char *map_library(void)
{
	int fd = open("code", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, *data;

	CHECK(fd >= 0);
	CHECK_EQ(pwrite(fd, "\xb8\x2a\0\0\0\xc3", 6, PAGE), 6);
	p = mmap(NULL, (2 + TAIL) * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE,
		 fd, 0);
	CHECK(p != MAP_FAILED);
	data = mmap(p + 4 * PAGE, (TAIL - 2) * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	CHECK(data == p + 4 * PAGE);
	close(fd);
	return p;
}

int main(int argc, char **argv)
{
	int (*code)(void);
	char *library, *at;

	check_args(argc, argv);
	check_origin();
	library = map_library();
	at = library + PAGE;
	memcpy(&code, &at, sizeof(code));
	while (check_more()) {
		check_fill(library + 4 * PAGE, PAGE,
			   (unsigned long)check.round);
		check_sleep(0.05);
		CHECK_EQ(code(), 42);
		check_same(library + 4 * PAGE, PAGE,
			   (unsigned long)check.round);
	}
	check_origin();
	return check_pass();
}
