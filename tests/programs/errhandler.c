/* SPDX-License-Identifier: MIT */
/* errhandler.c - the program's own handlers get its handle and the code */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static MPI_Comm comm;
static int calls, last_class;

static void on_error(MPI_Comm *c, int *code, ...)
{
	CHECK(*c == comm);
	MPI_Error_class(*code, &last_class);
	calls++;
}

static void raise_errors(int expected_calls)
{
	int rc, class, x = 0;

	calls = 0;
	rc = MPI_Send(&x, 1, MPI_INT, check.size + 3, 0, comm);
	MPI_Error_class(rc, &class);
	CHECK_EQ(class, MPI_ERR_RANK);
	if (expected_calls)
		CHECK_EQ(last_class, MPI_ERR_RANK);
	rc = MPI_Send(&x, -1, MPI_INT, 0, 0, comm);
	MPI_Error_class(rc, &class);
	CHECK_EQ(class, MPI_ERR_COUNT);
	rc = MPI_Send(&x, 1, MPI_INT, 0, -5, comm);
	MPI_Error_class(rc, &class);
	CHECK_EQ(class, MPI_ERR_TAG);
	rc = MPI_Bcast(&x, 1, MPI_INT, check.size + 1, comm);
	MPI_Error_class(rc, &class);
	CHECK_EQ(class, MPI_ERR_ROOT);
	CHECK_EQ(calls, 4 * expected_calls);
}

int main(int argc, char **argv)
{
	MPI_Errhandler mine, got;

	check_start(argc, argv);
	MPI_Comm_dup(MPI_COMM_WORLD, &comm);
	MPI_Comm_get_errhandler(comm, &got);
	CHECK(got == MPI_ERRORS_ARE_FATAL);
	MPI_Errhandler_free(&got);
	MPI_Comm_create_errhandler(on_error, &mine);
	while (check_more()) {
		MPI_Comm_set_errhandler(comm, mine);
		if (check.round % 8 == 0)
			check_sleep(0.1);
		raise_errors(1);
		MPI_Comm_call_errhandler(comm, MPI_ERR_OTHER);
		CHECK_EQ(last_class, MPI_ERR_OTHER);
		MPI_Comm_get_errhandler(comm, &got);
		CHECK(got == mine);
		MPI_Errhandler_free(&got);
		MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
		raise_errors(0);
	}
	MPI_Errhandler_free(&mine);
	CHECK(mine == MPI_ERRHANDLER_NULL);
	MPI_Comm_free(&comm);
	return check_pass();
}
