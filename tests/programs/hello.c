/* SPDX-License-Identifier: MIT */
/* hello.c - start, name, version, environment, stop */
/* test: ranks=2,4 */
#include <mpi.h>
#include <stdio_ext.h>
#include "check.h"

static void environment(void)
{
	char name[MPI_MAX_PROCESSOR_NAME], text[MPI_MAX_LIBRARY_VERSION_STRING];
	int len, version, subversion, flag, level;

	MPI_Get_processor_name(name, &len);
	CHECK_EQ(strlen(name), len);
	MPI_Get_version(&version, &subversion);
	CHECK(version >= 3);
	MPI_Get_library_version(text, &len);
	CHECK(len > 0);
	MPI_Initialized(&flag);
	CHECK(flag);
	MPI_Finalized(&flag);
	CHECK(!flag);
	MPI_Query_thread(&level);
	CHECK(level >= MPI_THREAD_SINGLE && level <= MPI_THREAD_MULTIPLE);
	MPI_Is_thread_main(&flag);
	CHECK(flag);
}

/* MPICH's MPI_Init sees to it that what is printed is seen at once. */
static void output(void)
{
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION < 50000000
	CHECK_EQ(__fbufsize(stdout), 1);
#endif
}

int main(int argc, char **argv)
{
	int flag = 1, sum, done;
	double t;

	MPI_Initialized(&flag);
	CHECK(!flag);
	check_start(argc, argv);
	environment();
	output();
	t = MPI_Wtime();
	CHECK(MPI_Wtick() > 0 && MPI_Wtick() < 1);
	while (check_more()) {
		MPI_Allreduce(&check.rank, &sum, 1, MPI_INT, MPI_SUM,
			      MPI_COMM_WORLD);
		CHECK_EQ(sum, check.size * (check.size - 1) / 2);
	}
	CHECK(MPI_Wtime() >= t);
	done = check_pass();
	MPI_Finalized(&flag);
	return done || !flag;
}
