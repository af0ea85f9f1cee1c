/* SPDX-License-Identifier: MIT */
/* session.c - a session without MPI_Init: groups, communicators, handlers
 *
 * MPI_Init comes late, and MPI_Finalize while the session is still there.
 */
/* test: ranks=2 mpi=mpich ckpt=may */
#include <mpi.h>
#include "check.h"

static MPI_Session session;
static int calls;

static void on_error(MPI_Session *s, int *code, ...)
{
	int class;

	CHECK(*s == session);
	MPI_Error_class(*code, &class);
	CHECK_EQ(class, MPI_ERR_OTHER);
	calls++;
}

static void use(MPI_Comm c, int members)
{
	int rank, size, sum, one = 1, got = -1, other;

	MPI_Comm_size(c, &size);
	MPI_Comm_rank(c, &rank);
	CHECK_EQ(size, members);
	MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, c);
	CHECK_EQ(sum, members);
	other = size - 1 - rank;
	MPI_Sendrecv(&rank, 1, MPI_INT, other, 7, &got, 1, MPI_INT, other, 7, c,
		     MPI_STATUS_IGNORE);
	CHECK_EQ(got, other);
}

static MPI_Comm make(const char *pset, int members)
{
	MPI_Group g;
	MPI_Comm c;
	int size;

	MPI_Group_from_session_pset(session, pset, &g);
	MPI_Group_size(g, &size);
	CHECK_EQ(size, members);
	MPI_Comm_create_from_group(g, pset, MPI_INFO_NULL, MPI_ERRORS_RETURN,
				   &c);
	MPI_Group_free(&g);
	return c;
}

static void open_session(void)
{
	MPI_Errhandler mine, got;
	int flag;

	MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &session);
	MPI_Session_create_errhandler(on_error, &mine);
	MPI_Session_set_errhandler(session, mine);
	MPI_Session_get_errhandler(session, &got);
	CHECK(got == mine);
	MPI_Errhandler_free(&got);
	MPI_Errhandler_free(&mine);
	MPI_Session_call_errhandler(session, MPI_ERR_OTHER);
	CHECK_EQ(calls, 1);
	MPI_Session_set_errhandler(session, MPI_ERRORS_RETURN);
	MPI_Session_call_errhandler(session, MPI_ERR_OTHER);
	CHECK_EQ(calls, 1);
	MPI_Initialized(&flag);
	CHECK_EQ(flag, 0);
}

int main(int argc, char **argv)
{
	MPI_Comm world, self;
	int flag, size;

	open_session();
	world = make("mpi://WORLD", 2);
	self = make("mpi://SELF", 1);
	use(world, 2);
	use(self, 1);
	MPI_Comm_free(&self);
	check_start(argc, argv);
	while (check_more()) {
		use(world, 2);
		use(MPI_COMM_WORLD, 2);
		check_sleep(0.02);
	}
	MPI_Comm_free(&world);
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Finalize();
	MPI_Finalized(&flag);
	CHECK_EQ(flag, 1);
	MPI_Type_size(MPI_INT, &size); /* a session is MPI enough */
	CHECK_EQ(size, 4);
	MPI_Session_finalize(&session);
	CHECK(session == MPI_SESSION_NULL);
	if (check.rank == 0)
		puts("PASSED");
	return 0;
}
