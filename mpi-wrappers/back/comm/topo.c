/* SPDX-License-Identifier: MIT */
/* topo.c - topologies: kept in the descriptor, to be made again from it
 *
 * The native communicator has the topology, and answers questions about it.
 */
#include <stdlib.h>
#include <string.h>
#include "comm.h"
#include "../../conv.h"
#include "build/gen/back.h"

void topo_free(struct desc_topo *t)
{
	int i;

	for (i = 0; t && i < 4; i++)
		keep_free(t->lists[i]);
	keep_free(t);
}

/* A copy of n ints of t's; NULL: room for them. */
static int *ints_make(const int *from, int n, int *rc)
{
	int *to = keep_alloc((n + 1) * sizeof(int));

	if (!to)
		*rc = SEAM_ERR_NO_MEM;
	else if (n && from)
		memcpy(to, from, n * sizeof(int));
	return to;
}

static struct desc_topo *topo_make(int kind, int n, int m)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));

	if (t) {
		t->kind = kind;
		t->n = n;
		t->m = m;
	}
	return t;
}

/* The descriptor of c gets t. A seam code. */
static int topo_give(struct desc_comm *c, struct desc_topo *t, int rc)
{
	if (rc || !t) {
		topo_free(t);
		return SEAM_ERR_NO_MEM;
	}
	c->topo = t;
	return 0;
}

/* Coordinates follow from the rank. */
int topo_cart(struct desc_comm *c, int n, const int *dims, const int *periods)
{
	struct desc_topo *t = topo_make(SEAM_CART, n, 0);
	int rc = 0, i, rank = c->rank;

	if (!t)
		return SEAM_ERR_NO_MEM;
	t->dims = ints_make(dims, n, &rc);
	t->periods = ints_make(periods, n, &rc);
	t->coords = ints_make(NULL, n, &rc);
	for (i = n - 1; i >= 0 && !rc; i--) {
		t->periods[i] = !!t->periods[i];
		t->coords[i] = rank % t->dims[i];
		rank /= t->dims[i];
	}
	return topo_give(c, t, rc);
}

int topo_graph(struct desc_comm *c, int n, const int *indx, const int *edges)
{
	struct desc_topo *t = topo_make(SEAM_GRAPH, n, n ? indx[n - 1] : 0);
	int rc = 0;

	if (!t)
		return SEAM_ERR_NO_MEM;
	t->index = ints_make(indx, n, &rc);
	t->edges = ints_make(edges, t->m, &rc);
	return topo_give(c, t, rc);
}

int topo_dist(struct desc_comm *c)
{
	MPI_Comm n = NATIVE(MPI_Comm, c);
	struct desc_topo *t;
	int in, out, weighted, rc = 0;

	if (MPI_Dist_graph_neighbors_count(n, &in, &out, &weighted))
		return SEAM_ERR_NO_MEM;
	t = topo_make(SEAM_DIST_GRAPH, in, out);
	if (!t)
		return SEAM_ERR_NO_MEM;
	t->weighted = weighted;
	t->sources = ints_make(NULL, in, &rc);
	t->source_weights = ints_make(NULL, in, &rc);
	t->targets = ints_make(NULL, out, &rc);
	t->target_weights = ints_make(NULL, out, &rc);
	if (!rc)
		rc = MPI_Dist_graph_neighbors(
			n, in, t->sources,
			weighted ? t->source_weights : MPI_UNWEIGHTED, out,
			t->targets,
			weighted ? t->target_weights : MPI_UNWEIGHTED);
	return topo_give(c, t, rc);
}

int topo_adjacent(struct desc_comm *c, seam_info info)
{
	int rc = topo_dist(c);

#ifdef OPEN_MPI /* here alone, and not in the other constructor */
	if (!rc)
		rc = comm_given_info(c, info);
#else
	(void)info;
#endif
	return rc;
}

/* How many ints its i-th list has. */
static int list_length(const struct desc_topo *t, int i)
{
	if (t->kind == SEAM_CART)
		return t->n;
	return i < (t->kind == SEAM_GRAPH ? 1 : 2) ? t->n : t->m;
}

int topo_dup(const struct desc_comm *from, struct desc_comm *to)
{
	const struct desc_topo *t = from->topo;
	struct desc_topo *d;
	int i, rc = 0;

	if (!t)
		return 0;
	d = topo_make(t->kind, t->n, t->m);
	if (!d)
		return SEAM_ERR_NO_MEM;
	d->weighted = t->weighted;
	for (i = 0; i < 4; i++)
		if (t->lists[i])
			d->lists[i] =
				ints_make(t->lists[i], list_length(t, i), &rc);
	return topo_give(to, d, rc);
}

int topo_rebuild(const struct desc_comm *c, MPI_Comm base, MPI_Comm *out)
{
	const struct desc_topo *t = c->topo;

	switch (t->kind) {
	case SEAM_CART:
		return MPI_Cart_create(base, t->n, t->dims, t->periods, 0, out);
	case SEAM_GRAPH:
		return MPI_Graph_create(base, t->n, t->index, t->edges, 0, out);
	default:
		return MPI_Dist_graph_create_adjacent(
			base, t->n, t->sources,
			t->weighted ? t->source_weights : MPI_UNWEIGHTED, t->m,
			t->targets,
			t->weighted ? t->target_weights : MPI_UNWEIGHTED,
			MPI_INFO_NULL, 0, out);
	}
}

int topo_sub(struct desc_comm *c, const struct desc_comm *p, const int *remain)
{
	const struct desc_topo *t = p->topo;
	int *dims = malloc(2 * (t->n + 1) * sizeof(int));
	int *periods = dims + t->n + 1, i, k = 0, rc;

	if (!dims)
		return SEAM_ERR_NO_MEM;
	for (i = 0; i < t->n; i++) {
		if (!remain[i])
			continue;
		dims[k] = t->dims[i];
		periods[k++] = t->periods[i];
	}
	rc = topo_cart(c, k, dims, periods);
	free(dims);
	return rc;
}
