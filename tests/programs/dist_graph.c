/* SPDX-License-Identifier: MIT */
/* dist_graph.c - weighted distributed graphs, by edges and by neighbours */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void queries(MPI_Comm c)
{
	int in, out, weighted, kind, from, to, w_in, w_out, n = check.size;
	int next = (check.rank + 1) % n, prev = (check.rank + n - 1) % n;

	MPI_Topo_test(c, &kind);
	CHECK_EQ(kind, MPI_DIST_GRAPH);
	MPI_Dist_graph_neighbors_count(c, &in, &out, &weighted);
	CHECK(in == 1 && out == 1 && weighted);
	MPI_Dist_graph_neighbors(c, 1, &from, &w_in, 1, &to, &w_out);
	CHECK_EQ(from, prev);
	CHECK_EQ(to, next);
	CHECK_EQ(w_in, 10 + prev);
	CHECK_EQ(w_out, 10 + check.rank);
}

/* Blocking neighbourhood collectives over the ring. */
static void neighbours(MPI_Comm c)
{
	int got = -1, n = check.size, one = 1, zero = 0, len = 0;
	int prev = (check.rank + n - 1) % n, mine = check.rank;
	MPI_Aint at = 0;
	MPI_Datatype type = MPI_INT;

	MPI_Neighbor_allgather(&mine, 1, MPI_INT, &got, 1, MPI_INT, c);
	CHECK_EQ(got, prev);
	got = -1;
	MPI_Neighbor_alltoall(&mine, 1, MPI_INT, &got, 1, MPI_INT, c);
	CHECK_EQ(got, prev);
	got = -1;
	MPI_Neighbor_allgatherv(&mine, 1, MPI_INT, &got, &one, &len, MPI_INT,
				c);
	CHECK_EQ(got, prev);
	got = -1;
	MPI_Neighbor_alltoallv(&mine, &one, &zero, MPI_INT, &got, &one, &zero,
			       MPI_INT, c);
	CHECK_EQ(got, prev);
	got = -1;
	MPI_Neighbor_alltoallw(&mine, &one, &at, &type, &got, &one, &at, &type,
			       c);
	CHECK_EQ(got, prev);
}

int main(int argc, char **argv)
{
	int next, prev, w, w_in, one = 1;
	MPI_Comm by_edges, by_neighbours;

	check_start(argc, argv);
	next = (check.rank + 1) % check.size;
	prev = (check.rank + check.size - 1) % check.size;
	w = 10 + check.rank;
	w_in = 10 + prev;
	MPI_Dist_graph_create(MPI_COMM_WORLD, 1, &check.rank, &one, &next, &w,
			      MPI_INFO_NULL, 0, &by_edges);
	MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, &prev, &w_in, 1,
				       &next, &w, MPI_INFO_NULL, 0,
				       &by_neighbours);
	while (check_more()) {
		queries(by_edges);
		queries(by_neighbours);
		neighbours(by_edges);
		neighbours(by_neighbours);
	}
	MPI_Comm_free(&by_edges);
	MPI_Comm_free(&by_neighbours);
	return check_pass();
}
