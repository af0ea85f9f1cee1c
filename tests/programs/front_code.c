/* SPDX-License-Identifier: MIT */
/* front_code.c - the code that MPI calls are to runs as it is in its file: what
 * takes the library's place has system calls for crossings only, and no hook
 * may see those */
/* test: ranks=1 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <mpi.h>
#include "check.h"

static unsigned long mpi_init;

/* One line of /proc/self/maps. */
static void compare(const char *line)
{
	unsigned long from, to, offset;
	char flags[8], path[256];
	unsigned char *file;
	int fd;

	if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %255s", &from, &to, flags,
		   &offset, path) != 5 ||
	    mpi_init < from || mpi_init >= to)
		return;
	CHECK(flags[2] == 'x');
	file = malloc(to - from);
	fd = open(path, O_RDONLY);
	CHECK(file && fd >= 0);
	CHECK_EQ(pread(fd, file, to - from, (off_t)offset), (long)(to - from));
	CHECK_EQ(memcmp(file, (void *)from, to - from), 0);
	close(fd);
	free(file);
}

int main(int argc, char **argv)
{
	char line[512];
	FILE *f;

	check_start(argc, argv);
	mpi_init = (unsigned long)dlsym(RTLD_DEFAULT, "MPI_Init");
	CHECK(mpi_init != 0);
	while (check_more()) {
		f = fopen("/proc/self/maps", "r");
		CHECK(f != NULL);
		while (fgets(line, sizeof(line), f))
			compare(line);
		fclose(f);
		check_sleep(0.02);
	}
	return check_pass();
}
