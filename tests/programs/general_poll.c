/* SPDX-License-Identifier: MIT */
/* general_poll.c - MPICH's generalized requests that complete when looked at */
/* test: ranks=2 mpi=mpich */
#include <mpi.h>
#include "check.h"

struct work {
	MPI_Request r;
	int looks, most, freed;
};

static int query(void *extra, MPI_Status *st)
{
	struct work *w = extra;

	MPI_Status_set_elements(st, MPI_INT, w->most);
	MPI_Status_set_cancelled(st, 0);
	st->MPI_SOURCE = w->most;
	st->MPI_TAG = 7;
	return MPI_SUCCESS;
}

static int release(void *extra)
{
	((struct work *)extra)->freed++;
	return MPI_SUCCESS;
}

static int cancel(void *extra, int complete)
{
	(void)extra, (void)complete;
	return MPI_SUCCESS;
}

static int poll(void *extra, MPI_Status *st)
{
	struct work *w = extra;

	(void)st;
	if (++w->looks == w->most)
		MPI_Grequest_complete(w->r);
	return MPI_SUCCESS;
}

static int wait_for(int n, void **extra, double limit, MPI_Status *st)
{
	(void)limit;
	while (n--) {
		struct work *w = extra[n];

		while (w->looks < w->most)
			poll(w, st);
	}
	return MPI_SUCCESS;
}

static void verify(const struct work *w, const MPI_Status *st)
{
	int n;

	CHECK_EQ(st->MPI_SOURCE, w->most);
	CHECK_EQ(st->MPI_TAG, 7);
	MPI_Get_count(st, MPI_INT, &n);
	CHECK_EQ(n, w->most);
	CHECK_EQ(w->looks, w->most);
	CHECK_EQ(w->freed, 1);
	CHECK(w->r == MPI_REQUEST_NULL);
}

int main(int argc, char **argv)
{
	struct work w[3];
	MPI_Status st[3];
	MPIX_Grequest_class made;
	int i, flag;

	check_start(argc, argv);
	MPIX_Grequest_class_create(query, release, cancel, poll, wait_for,
				   &made);
	while (check_more()) {
		for (i = 0; i < 3; i++)
			w[i] = (struct work){ MPI_REQUEST_NULL, 0, 100 + i, 0 };
		for (i = 0; i < 2; i++)
			MPIX_Grequest_class_allocate(made, &w[i], &w[i].r);
		MPIX_Grequest_start(query, release, cancel, poll, wait_for,
				    &w[2], &w[2].r);
		check_sleep(0.3);
		MPI_Wait(&w[0].r, &st[0]);
		MPI_Waitall(1, &w[1].r, &st[1]);
		for (flag = 0; !flag;)
			MPI_Test(&w[2].r, &flag, &st[2]);
		for (i = 0; i < 3; i++)
			verify(&w[i], &st[i]);
	}
	return check_pass();
}
