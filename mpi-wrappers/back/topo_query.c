/* SPDX-License-Identifier: MIT */
/* topo_query.c - questions about topologies, answered from descriptors */
#include <string.h>
#include "comm.h"
#include "build/gen/back.h"

/* The topology of that kind, or the error has been raised. */
static struct desc_topo *topo_arg(seam_comm comm, int kind, const char *fn,
				  struct desc_comm **c, int *rc)
{
	*rc = 0;
	*c = comm_arg(comm, fn, rc);
	if (!*c)
		return NULL;
	if ((*c)->topo && (*c)->topo->kind == kind)
		return (*c)->topo;
	*rc = back_raise(&(*c)->d, SEAM_ERR_TOPOLOGY, fn);
	return NULL;
}

static int less(int a, int b)
{
	return a < b ? a : b;
}

int back_Cart_get(seam_comm comm, int maxdims, int dims[], int periods[],
		  int coords[])
{
	static const char fn[] = "MPI_Cart_get";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc, i;

	t = topo_arg(comm, SEAM_CART, fn, &c, &rc);
	if (!t)
		return rc;
	if (maxdims < t->n)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	for (i = 0; i < t->n; i++) {
		dims[i] = t->a[i];
		periods[i] = t->b[i];
		coords[i] = t->c[i];
	}
	return 0;
}

int back_Cart_coords(seam_comm comm, int rank, int maxdims, int coords[])
{
	static const char fn[] = "MPI_Cart_coords";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc, i;

	t = topo_arg(comm, SEAM_CART, fn, &c, &rc);
	if (!t)
		return rc;
	if (rank < 0 || rank >= c->size)
		return back_raise(&c->d, SEAM_ERR_RANK, fn);
	if (maxdims < t->n)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	for (i = t->n - 1; i >= 0; i--) {
		coords[i] = rank % t->a[i];
		rank /= t->a[i];
	}
	return 0;
}

/* Rank at coords; periodic ones wrap; -1 when outside. */
static int cart_rank(const struct desc_topo *t, const int *coords)
{
	int i, x, rank = 0;

	for (i = 0; i < t->n; i++) {
		x = coords[i];
		if (t->b[i])
			x = ((x % t->a[i]) + t->a[i]) % t->a[i];
		if (x < 0 || x >= t->a[i])
			return -1;
		rank = rank * t->a[i] + x;
	}
	return rank;
}

int back_Cart_rank(seam_comm comm, const int coords[], int *rank)
{
	static const char fn[] = "MPI_Cart_rank";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc, r;

	t = topo_arg(comm, SEAM_CART, fn, &c, &rc);
	if (!t)
		return rc;
	r = cart_rank(t, coords);
	if (r < 0)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	*rank = r;
	return 0;
}

/* The rank disp steps along a dimension from this process. */
static int cart_step(const struct desc_topo *t, int direction, long disp)
{
	long x = t->c[direction] + disp, n = t->a[direction];
	int i, rank = 0;

	if (t->b[direction])
		x = ((x % n) + n) % n;
	if (x < 0 || x >= n)
		return SEAM_PROC_NULL;
	for (i = 0; i < t->n; i++)
		rank = rank * t->a[i] + (i == direction ? (int)x : t->c[i]);
	return rank;
}

int back_Cart_shift(seam_comm comm, int direction, int disp, int *rank_source,
		    int *rank_dest)
{
	static const char fn[] = "MPI_Cart_shift";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc;

	t = topo_arg(comm, SEAM_CART, fn, &c, &rc);
	if (!t)
		return rc;
	if (!t->n)
		return back_raise(&c->d, SEAM_ERR_TOPOLOGY, fn);
	if (direction < 0 || direction >= t->n)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	*rank_source = cart_step(t, direction, -(long)disp);
	*rank_dest = cart_step(t, direction, disp);
	return 0;
}

int back_Graphdims_get(seam_comm comm, int *nnodes, int *nedges)
{
	struct desc_comm *c;
	struct desc_topo *t;
	int rc;

	t = topo_arg(comm, SEAM_GRAPH, "MPI_Graphdims_get", &c, &rc);
	if (!t)
		return rc;
	*nnodes = t->n;
	*nedges = t->m;
	return 0;
}

int back_Graph_get(seam_comm comm, int maxindex, int maxedges, int indx[],
		   int edges[])
{
	static const char fn[] = "MPI_Graph_get";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc;

	t = topo_arg(comm, SEAM_GRAPH, fn, &c, &rc);
	if (!t)
		return rc;
	if (maxindex < 0 || maxedges < 0)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	memcpy(indx, t->a, less(maxindex, t->n) * sizeof(int));
	memcpy(edges, t->b, less(maxedges, t->m) * sizeof(int));
	return 0;
}

/* A node's neighbours: *n of them. */
static const int *graph_edges(const struct desc_topo *t, int rank, int *n)
{
	int from = rank ? t->a[rank - 1] : 0;

	*n = t->a[rank] - from;
	return t->b + from;
}

int back_Graph_neighbors_count(seam_comm comm, int rank, int *nneighbors)
{
	static const char fn[] = "MPI_Graph_neighbors_count";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc;

	t = topo_arg(comm, SEAM_GRAPH, fn, &c, &rc);
	if (!t)
		return rc;
	if (rank < 0 || rank >= t->n)
		return back_raise(&c->d, SEAM_ERR_RANK, fn);
	graph_edges(t, rank, nneighbors);
	return 0;
}

int back_Graph_neighbors(seam_comm comm, int rank, int maxneighbors,
			 int neighbors[])
{
	static const char fn[] = "MPI_Graph_neighbors";
	struct desc_comm *c;
	struct desc_topo *t;
	const int *list;
	int rc, n;

	t = topo_arg(comm, SEAM_GRAPH, fn, &c, &rc);
	if (!t)
		return rc;
	if (rank < 0 || rank >= t->n)
		return back_raise(&c->d, SEAM_ERR_RANK, fn);
	list = graph_edges(t, rank, &n);
	if (maxneighbors < 0)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	memcpy(neighbors, list, less(n, maxneighbors) * sizeof(int));
	return 0;
}

int back_Dist_graph_neighbors_count(seam_comm comm, int *indegree,
				    int *outdegree, int *weighted)
{
	struct desc_comm *c;
	struct desc_topo *t;
	int rc;

	t = topo_arg(comm, SEAM_DIST_GRAPH, "MPI_Dist_graph_neighbors_count",
		     &c, &rc);
	if (!t)
		return rc;
	*indegree = t->n;
	*outdegree = t->m;
	*weighted = t->weighted;
	return 0;
}

static void give(int *to, const int *from, int n, int weights)
{
	if (weights && (to == SEAM_UNWEIGHTED || to == SEAM_WEIGHTS_EMPTY))
		return;
	if (n > 0)
		memcpy(to, from, n * sizeof(int));
}

int back_Dist_graph_neighbors(seam_comm comm, int maxindegree, int sources[],
			      int sourceweights[], int maxoutdegree,
			      int destinations[], int destweights[])
{
	static const char fn[] = "MPI_Dist_graph_neighbors";
	struct desc_comm *c;
	struct desc_topo *t;
	int rc, in, out;

	t = topo_arg(comm, SEAM_DIST_GRAPH, fn, &c, &rc);
	if (!t)
		return rc;
	if (maxindegree < 0 || maxoutdegree < 0)
		return back_raise(&c->d, SEAM_ERR_ARG, fn);
	in = less(maxindegree, t->n);
	out = less(maxoutdegree, t->m);
	give(sources, t->a, in, 0);
	give(destinations, t->c, out, 0);
	if (t->weighted) {
		give(sourceweights, t->b, in, 1);
		give(destweights, t->e, out, 1);
	}
	return 0;
}
