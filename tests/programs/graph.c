/* SPDX-License-Identifier: MIT */
/* graph.c - a ring as a graph topology: queries and neighbour messages */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MOST = 32 };

/* Rank r's only neighbour is r + 1. */
static MPI_Comm make(void)
{
	int index[MOST], edges[MOST], i;
	MPI_Comm c;

	CHECK(check.size <= MOST);
	for (i = 0; i < check.size; i++) {
		index[i] = i + 1;
		edges[i] = (i + 1) % check.size;
	}
	MPI_Graph_create(MPI_COMM_WORLD, check.size, index, edges, 0, &c);
	return c;
}

static void queries(MPI_Comm c)
{
	int index[MOST], edges[MOST], nodes, n, i, kind, next;

	MPI_Topo_test(c, &kind);
	CHECK_EQ(kind, MPI_GRAPH);
	MPI_Graphdims_get(c, &nodes, &n);
	CHECK_EQ(nodes, check.size);
	CHECK_EQ(n, check.size);
	MPI_Graph_get(c, MOST, MOST, index, edges);
	for (i = 0; i < check.size; i++) {
		CHECK_EQ(index[i], i + 1);
		CHECK_EQ(edges[i], (i + 1) % check.size);
	}
	MPI_Graph_neighbors_count(c, check.rank, &n);
	CHECK_EQ(n, 1);
	MPI_Graph_neighbors(c, check.rank, 1, &next);
	CHECK_EQ(next, (check.rank + 1) % check.size);
}

static void talk(MPI_Comm c)
{
	int next, got;
	MPI_Status st;

	MPI_Graph_neighbors(c, check.rank, 1, &next);
	MPI_Sendrecv(&check.rank, 1, MPI_INT, next, 2, &got, 1, MPI_INT,
		     MPI_ANY_SOURCE, 2, c, &st);
	CHECK_EQ(got, (check.rank + check.size - 1) % check.size);
	CHECK_EQ(st.MPI_SOURCE, got);
}

int main(int argc, char **argv)
{
	MPI_Comm c;

	check_start(argc, argv);
	c = make();
	while (check_more()) {
		queries(c);
		talk(c);
	}
	MPI_Comm_free(&c);
	return check_pass();
}
