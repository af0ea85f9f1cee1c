/* SPDX-License-Identifier: MIT */
/* ended.c - ended HOW: prints without flushing, then MPI ends the process */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void at_exit(void)
{
	if (write(1, "last: atexit\n", 13) != 13)
		_exit(3);
}

int main(int argc, char **argv)
{
	int x = 0;

	if (argc != 2)
		return 2;
	atexit(at_exit);
	printf("last: not flushed\n");
	if (argv[1][0] == 'e') /* early */
		MPI_Comm_rank(MPI_COMM_WORLD, &x);
	MPI_Init(&argc, &argv);
	switch (argv[1][0]) {
	case 's':
		MPI_Abort(MPI_COMM_SELF, 5);
		break;
	case 'w':
		MPI_Abort(MPI_COMM_WORLD, 5);
		break;
	case 'n': /* nothing: an error */
		MPI_Abort(MPI_COMM_NULL, 7);
		break;
	case 'f': /* fatal */
		MPI_Send(&x, 1, MPI_INT, 99, 0, MPI_COMM_WORLD);
	}
	MPI_Finalize();
	MPI_Comm_rank(MPI_COMM_WORLD, &x); /* late */
	return 0;
}
