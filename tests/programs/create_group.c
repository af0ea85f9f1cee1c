/* SPDX-License-Identifier: MIT */
/* create_group.c - MPI_Comm_create_group on every kind of communicator
 *
 * A new one each round and one of each kind that lives through, from groups
 * asked of the parent itself and of MPI_COMM_WORLD. The pending MPI_Comm_idup
 * is over before the round ends.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static MPI_Comm make_dup(void)
{
	MPI_Comm c;

	MPI_Comm_dup(MPI_COMM_WORLD, &c);
	return c;
}

static MPI_Comm make_dup_with_info(void)
{
	MPI_Comm c;

	MPI_Comm_dup_with_info(MPI_COMM_WORLD, MPI_INFO_NULL, &c);
	return c;
}

static MPI_Comm make_idup(void)
{
	MPI_Request q;
	MPI_Comm c;

	MPI_Comm_idup(MPI_COMM_WORLD, &c, &q);
	MPI_Wait(&q, MPI_STATUS_IGNORE);
	return c;
}

static MPI_Comm make_split(void)
{
	MPI_Comm c;

	MPI_Comm_split(MPI_COMM_WORLD, 0, check.rank, &c);
	return c;
}

/* MPICH 5.0 may find no memory that all share, natively too. */
static MPI_Comm make_shared(void)
{
	MPI_Comm c;

	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0,
			    MPI_INFO_NULL, &c);
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 50000000
	int n;

	MPI_Comm_size(c, &n);
	if (n < check.size) {
		MPI_Comm_free(&c);
		return make_split();
	}
#endif
	return c;
}

static MPI_Comm make_cart(void)
{
	int period = 1;
	MPI_Comm c;

	MPI_Cart_create(MPI_COMM_WORLD, 1, &check.size, &period, 0, &c);
	return c;
}

static MPI_Comm make_cart_sub(void)
{
	MPI_Comm all = make_cart(), c;
	int remain = 1;

	MPI_Cart_sub(all, &remain, &c);
	MPI_Comm_free(&all);
	return c;
}

static MPI_Comm make_dist_graph(void)
{
	int next = (check.rank + 1) % check.size;
	int last = (check.rank + check.size - 1) % check.size;
	MPI_Comm c;

	MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, &last, MPI_UNWEIGHTED,
				       1, &next, MPI_UNWEIGHTED, MPI_INFO_NULL,
				       0, &c);
	return c;
}

static MPI_Comm make_merge(void)
{
	int high = check.rank >= check.size / 2;
	MPI_Comm half, both, c;

	MPI_Comm_split(MPI_COMM_WORLD, high, 0, &half);
	MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, high ? 0 : check.size / 2,
			     3, &both);
	MPI_Intercomm_merge(both, high, &c);
	MPI_Comm_free(&both);
	MPI_Comm_free(&half);
	return c;
}

static MPI_Comm make_from_group(void)
{
	MPI_Group g;
	MPI_Comm c;

	MPI_Comm_group(MPI_COMM_WORLD, &g);
	MPI_Comm_create(MPI_COMM_WORLD, g, &c);
	MPI_Group_free(&g);
	return c;
}

static MPI_Comm make_world(void)
{
	return MPI_COMM_WORLD;
}

static MPI_Comm (*const make[])(void) = {
	make_world,	 make_dup,    make_dup_with_info, make_idup,
	make_split,	 make_shared, make_cart,	  make_cart_sub,
	make_dist_graph, make_merge,  make_from_group,
};

#define KINDS ((int)(sizeof(make) / sizeof(make[0])))

static MPI_Comm kept[KINDS];

static void use(MPI_Comm c, int members)
{
	int size, sum, one = 1;

	MPI_Comm_size(c, &size);
	CHECK_EQ(size, members);
	MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, c);
	CHECK_EQ(sum, members);
}

/* All of the parent, and all but its last member. */
static void create(MPI_Comm parent, MPI_Comm group_of)
{
	int last = check.size - 1, rank;
	MPI_Group all, some, ask;
	MPI_Comm c;

	MPI_Comm_rank(parent, &rank);
	MPI_Comm_group(parent, &ask); /* MPICH itself wants that */
	MPI_Comm_group(group_of, &all);
	MPI_Group_excl(all, 1, &last, &some);
	MPI_Comm_create_group(parent, all, 7, &c);
	use(c, check.size);
	MPI_Comm_free(&c);
	if (rank != last) {
		MPI_Comm_create_group(parent, some, 8, &c);
		use(c, check.size - 1);
		MPI_Comm_free(&c);
	}
	MPI_Group_free(&ask);
	MPI_Group_free(&all);
	MPI_Group_free(&some);
}

/* One's own group: nobody else is asked. */
static void create_self(void)
{
	MPI_Group self;
	MPI_Comm c;

	MPI_Comm_group(MPI_COMM_SELF, &self);
	MPI_Comm_create_group(MPI_COMM_SELF, self, 9, &c);
	use(c, 1);
	MPI_Comm_free(&c);
	MPI_Group_free(&self);
}

int main(int argc, char **argv)
{
	MPI_Comm c;
	int i;

	check_start(argc, argv);
	for (i = 0; i < KINDS; i++)
		kept[i] = make[i]();
	while (check_more()) {
		i = (int)(check.round % KINDS);
		create(kept[i], MPI_COMM_WORLD);
		create(kept[i], kept[i]);
		create_self();
		c = make[i]();
		create(c, c);
		if (c != MPI_COMM_WORLD)
			MPI_Comm_free(&c);
	}
	return check_pass();
}
