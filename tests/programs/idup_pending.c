/* SPDX-License-Identifier: MIT */
/* idup_pending.c - time passes before a nonblocking duplication is waited for
 *
 * The duplicates have the parent's attributes and topology, others are used
 * meanwhile, and requests end in every way. One cannot be made.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"
#include "ways.h"

static int key, copies, fail;

static int copy(MPI_Comm c, int k, void *extra, void *in, void *out, int *flag)
{
	(void)c, (void)k, (void)extra;
	copies++;
	if (fail)
		return MPI_ERR_OTHER;
	*(void **)out = in;
	*flag = 1;
	return MPI_SUCCESS;
}

static void duplicate(MPI_Comm parent, MPI_Comm *c, MPI_Request *q)
{
#if MPI_VERSION >= 4
	if (check.round % 2) {
		MPI_Info info;

		MPI_Info_create(&info);
		MPI_Info_set(info, "mpi_assert_exact_length", "true");
		MPI_Comm_idup_with_info(parent, info, c, q);
		MPI_Info_free(&info);
		return;
	}
#endif
	MPI_Comm_idup(parent, c, q);
}

/* A callback that fails: there is no duplicate, and nothing to wait for. */
static void fails(MPI_Comm parent)
{
	MPI_Request q = MPI_REQUEST_NULL;
	MPI_Comm c = MPI_COMM_SELF;

	fail = 1;
	MPI_Comm_set_errhandler(parent, MPI_ERRORS_RETURN);
	CHECK(MPI_Comm_idup(parent, &c, &q) != MPI_SUCCESS);
	CHECK(c == MPI_COMM_NULL && q == MPI_REQUEST_NULL);
	MPI_Comm_set_errhandler(parent, MPI_ERRORS_ARE_FATAL);
	fail = 0;
}

static void use(MPI_Comm c)
{
	int one = 1, sum, kind, flag;
	void *value;

	MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, c);
	CHECK_EQ(sum, check.size);
	MPI_Topo_test(c, &kind);
	CHECK_EQ(kind, MPI_CART);
	MPI_Comm_get_attr(c, key, &value, &flag);
	CHECK(flag && value == &key);
}

int main(int argc, char **argv)
{
	int periods = 1, sum, got;
	MPI_Comm ring, c, d;
	MPI_Request q, r;
	MPI_Status st;

	check_start(argc, argv);
	MPI_Cart_create(MPI_COMM_WORLD, 1, &check.size, &periods, 0, &ring);
	MPI_Comm_create_keyval(copy, MPI_COMM_NULL_DELETE_FN, &key, NULL);
	MPI_Comm_set_attr(ring, key, &key);
	while (check_more()) {
		fails(ring);
		copies = 0;
		duplicate(ring, &c, &q);
		duplicate(ring, &d, &r);
		CHECK_EQ(copies, 2);
		check_sleep(0.1 * (check.rank % 2));
		MPI_Allreduce(&check.rank, &sum, 1, MPI_INT, MPI_SUM, ring);
		check_sleep(0.1);
		ways_end((int)check.round % WAYS, -1, &q, &st);
		CHECK(q == MPI_REQUEST_NULL);
		use(c);
		MPI_Wait(&r, MPI_STATUS_IGNORE);
		use(d);
		MPI_Comm_free(&c);
		MPI_Comm_compare(d, ring, &got);
		CHECK_EQ(got, MPI_CONGRUENT);
		MPI_Comm_free(&d);
	}
	MPI_Comm_free(&ring);
	return check_pass();
}
