/* SPDX-License-Identifier: MIT */
/* file_handler.c - the error handler of MPI_FILE_NULL is that of new files */
/* test: ranks=2 ckpt=may */
#include <mpi.h>
#include "check.h"

static int calls;

static void on_error(MPI_File *f, int *code, ...)
{
	(void)f, (void)code;
	calls++;
}

static void open_file(MPI_File *f)
{
	char name[50];

	snprintf(name, sizeof(name), "file_handler.%d", check.rank);
	MPI_File_open(MPI_COMM_SELF, name, MPI_MODE_CREATE | MPI_MODE_RDWR,
		      MPI_INFO_NULL, f);
}

static void fails(MPI_File f, int called)
{
	calls = 0;
	CHECK(MPI_File_seek(f, -5, MPI_SEEK_SET) != MPI_SUCCESS);
	CHECK_EQ(calls, called);
}

int main(int argc, char **argv)
{
	MPI_Errhandler mine, got;
	MPI_File before, after;

	check_start(argc, argv);
	while (check_more()) {
		/* Each time: MPICH does not count what it gives out. */
		MPI_File_create_errhandler(on_error, &mine);
		open_file(&before);
		MPI_File_set_errhandler(MPI_FILE_NULL, mine);
		open_file(&after);
		MPI_File_get_errhandler(before, &got);
		CHECK(got == MPI_ERRORS_RETURN);
		MPI_File_get_errhandler(after, &got);
		CHECK(got == mine);
		fails(before, 0);
		fails(after, 1);
		MPI_File_set_errhandler(MPI_FILE_NULL, MPI_ERRORS_RETURN);
		fails(after, 1);
		MPI_File_close(&before);
		MPI_File_close(&after);
		check_sleep(0.05);
	}
	return check_pass();
}
