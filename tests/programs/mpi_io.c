/* SPDX-License-Identifier: MIT */
/* mpi_io.c - a shared file written and read back through views */
/* test: ranks=2,4 ckpt=may */
#include <mpi.h>
#include "check.h"

enum { LEN = 1000 };

int main(int argc, char **argv)
{
	int out[LEN], in[LEN], i, count;
	MPI_Datatype slot;
	MPI_Offset size;
	MPI_Status st;
	MPI_File f;

	check_start(argc, argv);
	MPI_Type_create_resized(MPI_INT, 0, (MPI_Aint)sizeof(int) * check.size,
				&slot);
	MPI_Type_commit(&slot);
	MPI_File_open(MPI_COMM_WORLD, "mpi_io.data",
		      MPI_MODE_CREATE | MPI_MODE_RDWR |
			      MPI_MODE_DELETE_ON_CLOSE,
		      MPI_INFO_NULL, &f);
	MPI_File_set_view(f, (MPI_Offset)sizeof(int) * check.rank, MPI_INT,
			  slot, "native", MPI_INFO_NULL);
	while (check_more()) {
		for (i = 0; i < LEN; i++)
			out[i] = i * check.size + check.rank + (int)check.round;
		MPI_File_write_at_all(f, 0, out, LEN, MPI_INT, &st);
		MPI_Get_count(&st, MPI_INT, &count);
		CHECK_EQ(count, LEN);
		MPI_File_sync(f);
		memset(in, 0, sizeof(in));
		MPI_File_read_at(f, 0, in, LEN, MPI_INT, &st);
		CHECK_EQ(memcmp(in, out, sizeof(in)), 0);
		MPI_File_get_size(f, &size);
		CHECK_EQ(size, (long)sizeof(int) * LEN * check.size);
	}
	MPI_File_close(&f);
	MPI_Type_free(&slot);
	return check_pass();
}
