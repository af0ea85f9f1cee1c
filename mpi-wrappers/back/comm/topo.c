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
	if (!t)
		return;
	keep_free(t->a);
	keep_free(t->b);
	keep_free(t->c);
	keep_free(t->e);
	keep_free(t);
}

static int *ints_dup(const int *from, int n, int *rc)
{
	int *to = keep_alloc((n + 1) * sizeof(int));

	if (!to)
		*rc = SEAM_ERR_NO_MEM;
	else if (n)
		memcpy(to, from, n * sizeof(int));
	return to;
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

/* cart: dims, periods; coordinates follow from the rank. */
int topo_cart(struct desc_comm *c, int n, const int *dims, const int *periods)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));
	int rc = 0, i, rank = c->rank;

	if (!t)
		return SEAM_ERR_NO_MEM;
	t->kind = SEAM_CART;
	t->n = n;
	t->a = ints_dup(dims, n, &rc);
	t->b = ints_dup(periods, n, &rc);
	t->c = ints_dup(dims, n, &rc);
	for (i = n - 1; i >= 0 && !rc; i--) {
		t->b[i] = !!t->b[i];
		t->c[i] = rank % t->a[i];
		rank /= t->a[i];
	}
	return topo_give(c, t, rc);
}

int topo_graph(struct desc_comm *c, int n, const int *indx, const int *edges)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));
	int rc = 0;

	if (!t)
		return SEAM_ERR_NO_MEM;
	t->kind = SEAM_GRAPH;
	t->n = n;
	t->m = n ? indx[n - 1] : 0;
	t->a = ints_dup(indx, n, &rc);
	t->b = ints_dup(edges, t->m, &rc);
	return topo_give(c, t, rc);
}

int topo_dist(struct desc_comm *c)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));
	MPI_Comm n = NATIVE(MPI_Comm, c);
	int in, out, weighted;

	if (!t || MPI_Dist_graph_neighbors_count(n, &in, &out, &weighted))
		return topo_give(c, t, 1);
	t->kind = SEAM_DIST_GRAPH;
	t->n = in;
	t->m = out;
	t->weighted = weighted;
	t->a = keep_alloc((in + 1) * sizeof(int));
	t->b = keep_alloc((in + 1) * sizeof(int));
	t->c = keep_alloc((out + 1) * sizeof(int));
	t->e = keep_alloc((out + 1) * sizeof(int));
	return topo_give(
		c, t,
		!t->a || !t->b || !t->c || !t->e ||
			MPI_Dist_graph_neighbors(
				n, in, t->a, weighted ? t->b : MPI_UNWEIGHTED,
				out, t->c, weighted ? t->e : MPI_UNWEIGHTED));
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

int topo_dup(const struct desc_comm *from, struct desc_comm *to)
{
	const struct desc_topo *t = from->topo;
	struct desc_topo *d = t ? keep_alloc(sizeof(*d)) : NULL;
	int rc = 0;

	if (!t)
		return 0;
	if (!d)
		return SEAM_ERR_NO_MEM;
	*d = *t;
	d->a = ints_dup(t->a, t->n, &rc);
	d->b = ints_dup(t->b, t->kind == SEAM_GRAPH ? t->m : t->n, &rc);
	d->c = t->c ? ints_dup(t->c, t->kind == SEAM_CART ? t->n : t->m, &rc) :
		      NULL;
	d->e = t->e ? ints_dup(t->e, t->m, &rc) : NULL;
	return topo_give(to, d, rc);
}

int topo_rebuild(const struct desc_comm *c, MPI_Comm base, MPI_Comm *out)
{
	const struct desc_topo *t = c->topo;

	switch (t->kind) {
	case SEAM_CART:
		return MPI_Cart_create(base, t->n, t->a, t->b, 0, out);
	case SEAM_GRAPH:
		return MPI_Graph_create(base, t->n, t->a, t->b, 0, out);
	default:
		return MPI_Dist_graph_create_adjacent(
			base, t->n, t->a, t->weighted ? t->b : MPI_UNWEIGHTED,
			t->m, t->c, t->weighted ? t->e : MPI_UNWEIGHTED,
			MPI_INFO_NULL, 0, out);
	}
}

int back_Cart_sub(seam_comm comm, const int remain_dims[], seam_comm *newcomm)
{
	static const char fn[] = "MPI_Cart_sub";
	int rc = 0, i, k = 0, *dims, *periods;
	MPI_Comm n = (MPI_Comm)0;
	struct desc_comm *p, *c = NULL;

	p = comm_arg(comm, &rc);
	if (!p)
		return rc;
	if (!p->topo || p->topo->kind != SEAM_CART)
		return ASK(SEAM_ERR_TOPOLOGY);
	rc = coll_enter(&p->clock);
	if (rc)
		return rc;
	rc = MPI_Cart_sub(NATIVE(MPI_Comm, p), remain_dims, &n);
	rc = rc ? err_from_native(rc) : comm_wrap(n, p, COMM_TOPO, fn, &c);
	coll_leave();
	dims = malloc(2 * (p->topo->n + 1) * sizeof(int));
	periods = dims + p->topo->n + 1;
	for (i = 0; c && dims && i < p->topo->n; i++) {
		if (!remain_dims[i])
			continue;
		dims[k] = p->topo->a[i];
		periods[k++] = p->topo->b[i];
	}
	if (c)
		rc = dims ? topo_cart(c, k, dims, periods) : SEAM_ERR_NO_MEM;
	free(dims);
	return comm_result(p, rc, c, n, newcomm, fn);
}
