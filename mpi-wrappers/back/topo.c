/* SPDX-License-Identifier: MIT */
/* topo.c - topologies: kept in the descriptor, to be made again from it
 *
 * The native communicator has the topology, and answers questions about it.
 */
#include <stdlib.h>
#include <string.h>
#include "comm.h"
#include "../conv.h"
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

/* cart: dims, periods; coordinates follow from the rank. */
static struct desc_topo *topo_cart(int n, const int *dims, const int *periods,
				   int rank)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));
	int rc = 0, i;

	if (!t)
		return NULL;
	t->kind = SEAM_CART;
	t->n = n;
	t->a = ints_dup(dims, n, &rc);
	t->b = ints_dup(periods, n, &rc);
	t->c = keep_alloc((n + 1) * sizeof(int));
	if (rc || !t->c) {
		topo_free(t);
		return NULL;
	}
	for (i = n - 1; i >= 0; i--) {
		t->b[i] = !!t->b[i];
		t->c[i] = rank % t->a[i];
		rank /= t->a[i];
	}
	return t;
}

static struct desc_topo *topo_graph(int n, const int *indx, const int *edges)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));
	int rc = 0;

	if (!t)
		return NULL;
	t->kind = SEAM_GRAPH;
	t->n = n;
	t->m = n ? indx[n - 1] : 0;
	t->a = ints_dup(indx, n, &rc);
	t->b = ints_dup(edges, t->m, &rc);
	if (rc) {
		topo_free(t);
		return NULL;
	}
	return t;
}

/* What the native library says this process's neighbours are. */
static struct desc_topo *topo_dist(MPI_Comm n)
{
	struct desc_topo *t = keep_alloc(sizeof(*t));
	int in, out, weighted;

	if (!t || MPI_Dist_graph_neighbors_count(n, &in, &out, &weighted))
		goto fail;
	t->kind = SEAM_DIST_GRAPH;
	t->n = in;
	t->m = out;
	t->weighted = weighted;
	t->a = keep_alloc((in + 1) * sizeof(int));
	t->b = keep_alloc((in + 1) * sizeof(int));
	t->c = keep_alloc((out + 1) * sizeof(int));
	t->e = keep_alloc((out + 1) * sizeof(int));
	if (!t->a || !t->b || !t->c || !t->e ||
	    MPI_Dist_graph_neighbors(n, in, t->a,
				     weighted ? t->b : MPI_UNWEIGHTED, out,
				     t->c, weighted ? t->e : MPI_UNWEIGHTED))
		goto fail;
	return t;
fail:
	topo_free(t);
	return NULL;
}

struct desc_topo *topo_dup(const struct desc_topo *t)
{
	struct desc_topo *d;
	int rc = 0;

	if (!t)
		return NULL;
	if (t->kind == SEAM_GRAPH)
		return topo_graph(t->n, t->a, t->b);
	d = keep_alloc(sizeof(*d));
	if (!d)
		return NULL;
	*d = *t;
	d->a = ints_dup(t->a, t->n, &rc);
	d->b = ints_dup(t->b, t->n, &rc);
	d->c = ints_dup(t->c, t->kind == SEAM_CART ? t->n : t->m, &rc);
	d->e = t->e ? ints_dup(t->e, t->m, &rc) : NULL;
	if (rc) {
		topo_free(d);
		return NULL;
	}
	return d;
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

/* After the native constructor, still counted on p's clock. */
static int topo_wrap(MPI_Comm n, int rc, struct desc_comm *p, const char *fn,
		     struct desc_comm **out)
{
	return rc ? err_from_native(rc) : comm_wrap(n, p, COMM_TOPO, fn, out);
}

static int topo_end(struct desc_comm *p, int rc, struct desc_comm *c,
		    MPI_Comm n, struct desc_topo *t, seam_comm *out,
		    const char *fn)
{
	if (c)
		c->topo = t;
	if (!rc && c && !t)
		rc = SEAM_ERR_NO_MEM;
	return comm_result(p, rc, c, n, out, fn);
}

int back_Cart_create(seam_comm comm_old, int ndims, const int dims[],
		     const int periods[], int reorder, seam_comm *comm_cart)
{
	static const char fn[] = "MPI_Cart_create";
	MPI_Comm n = (MPI_Comm)0;
	struct desc_comm *p, *c = NULL;
	int rc = 0;

	p = comm_enter(comm_old, &rc);
	if (!p)
		return rc;
	rc = MPI_Cart_create(NATIVE(MPI_Comm, p), ndims, dims, periods, reorder,
			     &n);
	rc = topo_wrap(n, rc, p, fn, &c);
	coll_leave(p);
	return topo_end(p, rc, c, n,
			c ? topo_cart(ndims, dims, periods, c->rank) : NULL,
			comm_cart, fn);
}

int back_Cart_sub(seam_comm comm, const int remain_dims[], seam_comm *newcomm)
{
	static const char fn[] = "MPI_Cart_sub";
	int rc = 0, i, k = 0, *dims = NULL, *periods = NULL;
	MPI_Comm n = (MPI_Comm)0;
	struct desc_comm *p, *c = NULL;
	struct desc_topo *t = NULL;

	p = comm_arg(comm, &rc);
	if (!p)
		return rc;
	if (!p->topo || p->topo->kind != SEAM_CART)
		return ASK(SEAM_ERR_TOPOLOGY);
	rc = coll_enter(&p->clock);
	if (rc)
		return rc;
	rc = MPI_Cart_sub(NATIVE(MPI_Comm, p), remain_dims, &n);
	rc = topo_wrap(n, rc, p, fn, &c);
	coll_leave(p);
	dims = malloc((p->topo->n + 1) * sizeof(int));
	periods = malloc((p->topo->n + 1) * sizeof(int));
	for (i = 0; c && dims && periods && i < p->topo->n; i++) {
		if (!remain_dims[i])
			continue;
		dims[k] = p->topo->a[i];
		periods[k++] = p->topo->b[i];
	}
	if (c && dims && periods)
		t = topo_cart(k, dims, periods, c->rank);
	free(dims);
	free(periods);
	return topo_end(p, rc, c, n, t, newcomm, fn);
}

int back_Graph_create(seam_comm comm_old, int nnodes, const int indx[],
		      const int edges[], int reorder, seam_comm *comm_graph)
{
	static const char fn[] = "MPI_Graph_create";
	MPI_Comm n = (MPI_Comm)0;
	struct desc_comm *p, *c = NULL;
	int rc = 0;

	p = comm_enter(comm_old, &rc);
	if (!p)
		return rc;
	rc = MPI_Graph_create(NATIVE(MPI_Comm, p), nnodes, indx, edges, reorder,
			      &n);
	rc = topo_wrap(n, rc, p, fn, &c);
	coll_leave(p);
	return topo_end(p, rc, c, n, c ? topo_graph(nnodes, indx, edges) : NULL,
			comm_graph, fn);
}

int back_Dist_graph_create(seam_comm comm_old, int n, const int sources[],
			   const int degrees[], const int destinations[],
			   const int weights[], seam_info info, int reorder,
			   seam_comm *comm_dist_graph)
{
	static const char fn[] = "MPI_Dist_graph_create";
	MPI_Comm m = (MPI_Comm)0;
	struct desc_comm *p, *c = NULL;
	MPI_Info ninfo;
	int rc = 0;

	p = comm_enter(comm_old, &rc);
	if (!p)
		return rc;
	ninfo = given_hints(info);
	rc = MPI_Dist_graph_create(NATIVE(MPI_Comm, p), n, sources, degrees,
				   destinations, real_weights(weights), ninfo,
				   reorder, &m);
	native_info_free(&ninfo);
	rc = topo_wrap(m, rc, p, fn, &c);
	coll_leave(p);
	return topo_end(p, rc, c, m, c ? topo_dist(m) : NULL, comm_dist_graph,
			fn);
}

int back_Dist_graph_create_adjacent(seam_comm comm_old, int indegree,
				    const int sources[],
				    const int sourceweights[], int outdegree,
				    const int destinations[],
				    const int destweights[], seam_info info,
				    int reorder, seam_comm *comm_dist_graph)
{
	static const char fn[] = "MPI_Dist_graph_create_adjacent";
	MPI_Comm m = (MPI_Comm)0;
	struct desc_comm *p, *c = NULL;
	MPI_Info ninfo;
	int rc = 0;

	p = comm_enter(comm_old, &rc);
	if (!p)
		return rc;
	ninfo = given_hints(info);
	rc = MPI_Dist_graph_create_adjacent(
		NATIVE(MPI_Comm, p), indegree, sources,
		real_weights(sourceweights), outdegree, destinations,
		real_weights(destweights), ninfo, reorder, &m);
	native_info_free(&ninfo);
	rc = topo_wrap(m, rc, p, fn, &c);
#ifdef OPEN_MPI /* here alone, and not in the other constructor */
	if (!rc)
		rc = comm_given(c, desc_of(info, DESC_INFO));
#endif
	coll_leave(p);
	return topo_end(p, rc, c, m, c ? topo_dist(m) : NULL, comm_dist_graph,
			fn);
}
