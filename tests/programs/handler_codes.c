/* SPDX-License-Identifier: MIT */
/* handler_codes.c - what a handler leaves in its code is what the call returns,
 * where the library says so; failed constructors give null handles */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static int calls, instead, class, code;
static MPI_Comm last;

static void change(MPI_Comm *c, int *rc, ...)
{
	last = *c;
	calls++;
	*rc = instead;
}

/* Calls whose handlers count in every library. */
static void changed(MPI_Comm comm, int want)
{
	const int dims = 99, periods = 0;
	MPI_Comm made = comm;
	MPI_Request r = MPI_REQUEST_NULL;
	int x = 0, size = -1;

	instead = want;
	calls = 0;
	CHECK_EQ(MPI_Type_size(MPI_DATATYPE_NULL, &size), want);
	CHECK_EQ(MPI_Comm_size(MPI_COMM_NULL, &size), want);
	CHECK_EQ(size, -1);
	CHECK_EQ(MPI_Ibcast(&x, 1, MPI_INT, 99, comm, &r), want);
	CHECK(r == MPI_REQUEST_NULL);
	CHECK_EQ(MPI_Cart_create(comm, 1, &dims, &periods, 0, &made), want);
	CHECK(made == MPI_COMM_NULL || made == comm);
	CHECK_EQ(calls, 4);
}

/* A message too long, waited for; 0: that is as good as success. */
static void truncated(MPI_Comm comm, int want)
{
	int a[2] = { 1, 2 }, b[2] = { 0, 0 };
	int to = (check.rank + 1) % check.size;
	MPI_Request r[2];
	MPI_Status s[2];

	instead = want;
	MPI_Irecv(b, 1, MPI_INT, MPI_ANY_SOURCE, 7, comm, &r[0]);
	if (check.round % 8 == 0)
		check_sleep(0.1);
	MPI_Isend(a, 2, MPI_INT, to, 7, comm, &r[1]);
	CHECK_EQ(MPI_Wait(&r[0], s), want);
	CHECK(r[0] == MPI_REQUEST_NULL);
	MPI_Wait(&r[1], s);
	MPI_Irecv(b, 1, MPI_INT, MPI_ANY_SOURCE, 7, comm, &r[0]);
	MPI_Isend(a, 2, MPI_INT, to, 7, comm, &r[1]);
	if (want == MPI_SUCCESS)
		CHECK_EQ(MPI_Waitall(2, r, s), MPI_SUCCESS);
	else
		CHECK(MPI_Waitall(2, r, s) != MPI_SUCCESS);
	MPI_Error_class(s[0].MPI_ERROR, &class);
	CHECK_EQ(class, MPI_ERR_TRUNCATE);
	if (r[1] != MPI_REQUEST_NULL) { /* MPICH need not wait for it */
		CHECK_EQ(s[1].MPI_ERROR, MPI_ERR_PENDING);
		MPI_Wait(&r[1], s);
	} else {
		CHECK_EQ(s[1].MPI_ERROR, MPI_SUCCESS);
	}
}

/* MPICH: whose handler has never been set leaves errors to MPI_COMM_WORLD's. */
static void unset(MPI_Comm comm)
{
#ifdef MPICH_VERSION
	MPI_Request r = MPI_REQUEST_NULL;
	int x = 0;

	calls = 0;
	instead = MPI_ERR_OTHER;
	CHECK_EQ(MPI_Ibcast(&x, 1, MPI_INT, 99, comm, &r), MPI_ERR_OTHER);
	CHECK_EQ(calls, 1);
	CHECK(last == MPI_COMM_WORLD);
#else
	(void)comm;
#endif
}

/* What is no error handler is an argument's error, and changes nothing. */
static void no_handler(MPI_Comm comm, MPI_Errhandler mine)
{
	MPI_Errhandler none = MPI_ERRHANDLER_NULL, got;

	instead = MPI_ERR_ARG;
	calls = 0;
	MPI_Error_class(MPI_Errhandler_free(&none), &class);
	CHECK_EQ(class, MPI_ERR_ARG);
	MPI_Error_class(MPI_Comm_set_errhandler(comm, none), &class);
	CHECK_EQ(class, MPI_ERR_ARG);
	CHECK_EQ(calls, 2);
	MPI_Comm_get_errhandler(comm, &got);
	CHECK(got == mine);
	MPI_Errhandler_free(&got);
}

int main(int argc, char **argv)
{
	MPI_Errhandler mine;
	MPI_Comm comm, copy;

	check_start(argc, argv);
	MPI_Comm_dup(MPI_COMM_SELF, &copy);
	MPI_Comm_dup(MPI_COMM_WORLD, &comm);
	MPI_Comm_create_errhandler(change, &mine);
	MPI_Add_error_class(&class);
	MPI_Add_error_code(class, &code);
	MPI_Comm_set_errhandler(comm, mine);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, mine);
	while (check_more()) {
		changed(comm, MPI_SUCCESS);
		changed(comm, MPI_ERR_OTHER);
		changed(comm, code);
		changed(comm, 7777);
		changed(comm, -1000);
		changed(comm, -2013);
		truncated(comm, MPI_SUCCESS);
		truncated(comm, MPI_ERR_OTHER);
		truncated(comm, code);
		no_handler(comm, mine);
		unset(MPI_COMM_SELF);
		unset(copy);
	}
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
	MPI_Errhandler_free(&mine);
	MPI_Comm_free(&copy);
	MPI_Comm_free(&comm);
	return check_pass();
}
